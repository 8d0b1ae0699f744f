namespace Bert.MLNet.Tokenization;

/// <summary>One of the normalizers of HuggingFace's tokenizers that a chain of them applies. Immutable and thread-safe.</summary>
internal abstract class NormalizerStep
{
    /// <summary>As <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>Changes the text in place.</summary>
    public abstract void Apply(ref NormalizedText text);
}
