namespace Bert.MLNet.Tasks;

/// <summary>Parts of texts.</summary>
internal static class TextPart
{
    /// <summary>
    /// Excludes whitespace at both ends of a part of a text. In Unigram models, the space before a word belongs to its first token. A part
    /// of whitespace alone is returned unchanged.
    /// </summary>
    public static (int Start, int End) Trimmed(ReadOnlySpan<char> text, int start, int end)
    {
        ReadOnlySpan<char> part = text[start..end];
        int left = part.Length - part.TrimStart().Length;
        return left == part.Length ? (start, end) : (start + left, start + part.TrimEnd().Length);
    }
}
