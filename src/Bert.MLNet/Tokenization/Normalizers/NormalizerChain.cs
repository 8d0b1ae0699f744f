namespace Bert.MLNet.Tokenization;

/// <summary>Applies several normalizers in order. Without any, the text remains unchanged.</summary>
internal sealed class NormalizerChain(params IReadOnlyList<NormalizerStep> steps) : TextNormalizer
{
    private readonly NormalizerStep[] _steps = [.. steps];

    public override bool IsLocal { get; } = steps.All(step => step.IsLocal);

    public override void Normalize(ReadOnlySpan<char> text, int origin, ref NormalizedText output)
    {
        if (output.Length > 0)
            throw new InvalidOperationException("A chain of normalizers requires an empty text to write to.");
        output.Assign(text, origin);
        foreach (NormalizerStep step in _steps)
            step.Apply(ref output);
    }
}
