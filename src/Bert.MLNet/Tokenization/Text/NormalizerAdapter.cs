using Microsoft.ML.Tokenizers;

namespace Bert.MLNet.Tokenization;

/// <summary>Adapts the normalizer to the type of Microsoft.ML.Tokenizers.</summary>
internal sealed class NormalizerAdapter(TextNormalizer normalizer) : Normalizer
{
    public override string Normalize(string original)
    {
        ArgumentNullException.ThrowIfNull(original);
        return Normalize(original.AsSpan());
    }

    public override string Normalize(ReadOnlySpan<char> original) => normalizer.Normalize(original);
}
