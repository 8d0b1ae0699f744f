using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Learns the order of similarities: of two pairs of texts in a batch, the one with the larger label gets the larger cosine (Su, 2022).
/// Unlike <see cref="CosineSimilarityLoss"/>, it does not depend on the scale of the labels.
/// </summary>
/// <remarks>
/// The loss is log(1 + Σ exp(<see cref="Scale"/> · (cos(i) − cos(j)))) over all pairs i and j of rows with label(i) &lt; label(j).
/// Columns: two texts and a number. Validation metric: Spearman's correlation of cosines and numbers.
/// </remarks>
public sealed record CoSENTLoss : SentenceLoss
{
    /// <summary>The factor of the cosines. Default 20.</summary>
    public double Scale { get; init; } = 20;

    internal override int MinTexts => 2;

    internal override int MaxTexts => 2;

    internal override SentenceLabel Label => SentenceLabel.Similarity;

    internal override string MetricName => "SpearmanCorrelation";

    internal override string Description => $"{nameof(CoSENTLoss)} {Scale}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        Tensor cosines = VectorTensors.CosinesOfRows(texts[0], texts[1]).Times(Scale);
        Tensor ordered = labels!.unsqueeze(1).lt(labels.unsqueeze(0));
        Tensor differences = (cosines.unsqueeze(1) - cosines.unsqueeze(0)).Filled(ordered.logical_not(), double.NegativeInfinity);
        return cat([zeros(1), differences.flatten()]).logsumexp(0);
    }

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels) =>
        VectorTensors.Spearman(texts[0], texts[1], labels!);

    internal override void Check(int dimension) => Require(Scale > 0 && double.IsFinite(Scale), nameof(Scale), Scale, "above 0");
}
