namespace Bert.MLNet.Tokenization;

/// <summary>
/// The <c>normalizer</c> of a tokenizer, which changes text before it is split into words. It also tracks the source of each character.
/// Immutable and thread-safe.
/// </summary>
internal abstract class TextNormalizer
{
    /// <summary>Whether a text can be normalized in parts, each starting at a space that follows another character.</summary>
    public virtual bool IsLocal => true;

    /// <summary>
    /// Appends the normalized form of <paramref name="text"/>, which starts at <paramref name="origin"/> of the original text.
    /// </summary>
    public abstract void Normalize(ReadOnlySpan<char> text, int origin, ref NormalizedText output);

    /// <summary>Returns the normalized form of <paramref name="text"/>.</summary>
    public string Normalize(ReadOnlySpan<char> text)
    {
        var normalized = new NormalizedText(text.Length, aligned: false);
        Normalize(text, 0, ref normalized);
        string result = normalized.Span.ToString();
        normalized.Dispose();
        return result;
    }
}
