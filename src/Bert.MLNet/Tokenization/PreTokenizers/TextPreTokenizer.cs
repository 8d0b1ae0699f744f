namespace Bert.MLNet.Tokenization;

/// <summary>The <c>pre_tokenizer</c> of a tokenizer: how normalised text is cut into words. Immutable and thread-safe.</summary>
internal abstract class TextPreTokenizer
{
    /// <summary>As <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>Whether words depend on where they stand in the original text.</summary>
    public virtual bool NeedsAlignment => false;

    /// <summary>Cuts a part of a text into words and adds the tokens of each.</summary>
    /// <param name="text">The normalised text.</param>
    /// <param name="from">Where the part begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="model">Makes tokens of words.</param>
    /// <param name="output">Takes the tokens.</param>
    public abstract void Tokenize(in NormalizedText text, int from, int to, TokenModel model, ref TokenBuffer output);

    /// <summary>The words of a text.</summary>
    public abstract IEnumerable<(int Offset, int Length)> Words(ReadOnlySpan<char> text);
}
