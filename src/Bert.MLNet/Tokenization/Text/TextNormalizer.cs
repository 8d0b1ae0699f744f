namespace Bert.MLNet.Tokenization;

/// <summary>
/// The <c>normalizer</c> of a tokenizer: what text becomes before it is cut into words, with where each character comes from. Immutable and
/// thread-safe.
/// </summary>
internal abstract class TextNormalizer
{
    /// <summary>Whether a text may be normalised in parts that begin with a blank after a character that is none.</summary>
    public virtual bool IsLocal => true;

    /// <summary>Adds the normal form of <paramref name="text"/>, which begins at <paramref name="origin"/> of the original text.</summary>
    public abstract void Normalize(ReadOnlySpan<char> text, int origin, ref NormalizedText output);

    /// <summary>The normal form of <paramref name="text"/>.</summary>
    public string Normalize(ReadOnlySpan<char> text)
    {
        var normalized = new NormalizedText(text.Length, aligned: false);
        Normalize(text, 0, ref normalized);
        string result = normalized.Span.ToString();
        normalized.Dispose();
        return result;
    }
}
