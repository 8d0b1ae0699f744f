namespace Bert.MLNet.Tokenization;

/// <summary>One of the pre-tokenizers of HuggingFace's tokenizers that a chain of them applies. Immutable and thread-safe.</summary>
internal abstract class PreTokenizerStep
{
    /// <summary>As <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>As <see cref="TextPreTokenizer.NeedsAlignment"/>.</summary>
    public virtual bool NeedsAlignment => false;

    /// <summary>Cuts a word into others, and may write them otherwise.</summary>
    /// <param name="text">A text.</param>
    /// <param name="from">Where in it the word begins.</param>
    /// <param name="to">Where it ends; further than it begins.</param>
    /// <param name="output">Takes the words.</param>
    public abstract void Split(in NormalizedText text, int from, int to, ref WordList output);
}
