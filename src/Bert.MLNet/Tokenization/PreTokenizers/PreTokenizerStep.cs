namespace Bert.MLNet.Tokenization;

/// <summary>One step of a chain, equivalent to a pre-tokenizer of HuggingFace's tokenizers. Immutable and thread-safe.</summary>
internal abstract class PreTokenizerStep
{
    /// <summary>See <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>See <see cref="TextPreTokenizer.NeedsAlignment"/>.</summary>
    public virtual bool NeedsAlignment => false;

    /// <summary>Splits a word into smaller ones, and can change their characters.</summary>
    /// <param name="text">The text that contains the word.</param>
    /// <param name="from">The start of the word in the text.</param>
    /// <param name="to">The end of the word, which must be after its start.</param>
    /// <param name="output">Receives the words.</param>
    public abstract void Split(in NormalizedText text, int from, int to, ref WordList output);
}
