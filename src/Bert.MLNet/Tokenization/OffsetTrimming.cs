namespace Bert.MLNet.Tokenization;

/// <summary>
/// Excludes whitespace at both ends of byte-level tokens from their offsets (<c>trim_offsets</c>). Follows <c>process_offsets</c> in
/// HuggingFace's tokenizers.
/// </summary>
/// <param name="AddPrefixSpace">Whether the single leading space of a first token can be an added one, which is not in the text.</param>
internal sealed record OffsetTrimming(bool AddPrefixSpace)
{
    /// <summary>Returns the trimmed offsets of a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="start">The start of the token in its text.</param>
    /// <param name="end">The end of the token in its text.</param>
    /// <param name="isFirst">Whether it is the first token of its window.</param>
    /// <param name="text">The text.</param>
    public (int Start, int End) Trim(string token, int start, int end, bool isFirst, ReadOnlySpan<char> text)
    {
        int leading = 0, trailing = 0;
        while (leading < token.Length && IsBlank(token[leading]))
            leading++;
        while (trailing < token.Length && IsBlank(token[token.Length - 1 - trailing]))
            trailing++;
        if (leading == 1 && AddPrefixSpace && (isFirst || start == 0))
            leading = 0;
        for (; leading > 0 && start < end; leading--)
            start += start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]) ? 2 : 1;
        if (trailing > end)
            return (start, end);
        for (; trailing > 0 && end > start; trailing--)
            end -= end > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
        return (start, end);
    }

    private static bool IsBlank(char c) => c == ByteAlphabet.Blank || UnicodeTables.IsWhitespace(c);
}
