namespace Bert.MLNet.Tokenization;

/// <summary>Applies a normalizer for whole texts as one of several steps.</summary>
internal sealed class NormalizerAsStep(TextNormalizer normalizer) : NormalizerStep
{
    public override bool IsLocal => normalizer.IsLocal;

    public override void Apply(ref NormalizedText text)
    {
        var result = new NormalizedText(text.Length + 16, text.Starts is not null);
        normalizer.Normalize(text.Span, 0, ref result);
        result.Origin = text.Origin;
        for (int i = 0; result.Starts is not null && i < result.Length; i++)
            (result.Starts[i], result.Ends![i]) = (text.StartOf(result.Starts[i]), text.EndOf(result.Ends[i] - 1));
        text.Dispose();
        text = result;
    }
}
