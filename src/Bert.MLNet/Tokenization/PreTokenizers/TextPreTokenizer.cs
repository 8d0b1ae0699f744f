namespace Bert.MLNet.Tokenization;

/// <summary>The <c>pre_tokenizer</c> of a tokenizer, which splits normalized text into words. Immutable and thread-safe.</summary>
internal abstract class TextPreTokenizer
{
    /// <summary>See <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>Whether the words depend on their positions in the original text.</summary>
    public virtual bool NeedsAlignment => false;

    /// <summary>Splits a part of a text into words and adds the tokens of each word.</summary>
    /// <param name="text">The normalized text.</param>
    /// <param name="from">The start of the part.</param>
    /// <param name="to">The end of the part.</param>
    /// <param name="model">Converts words to tokens.</param>
    /// <param name="output">Receives the tokens.</param>
    public abstract void Tokenize(in NormalizedText text, int from, int to, TokenModel model, ref TokenBuffer output);

    /// <summary>Returns the words of a text.</summary>
    public abstract IEnumerable<(int Offset, int Length)> Words(ReadOnlySpan<char> text);
}
