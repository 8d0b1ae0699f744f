namespace Bert.MLNet.Tokenization;

/// <summary>One step of a chain, equivalent to a normalizer of HuggingFace's tokenizers. Immutable and thread-safe.</summary>
internal abstract class NormalizerStep
{
    /// <summary>See <see cref="TextNormalizer.IsLocal"/>.</summary>
    public virtual bool IsLocal => true;

    /// <summary>Changes the text in place.</summary>
    public abstract void Apply(ref NormalizedText text);
}
