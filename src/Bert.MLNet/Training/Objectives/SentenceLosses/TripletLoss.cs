using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Learns that the first text of a row is closer to the second than to the third, by a margin (Schroff et al., 2015, arXiv:1503.03832).
/// </summary>
/// <remarks>
/// The loss is max(0, d(first, second) − d(first, third) + <see cref="Margin"/>), where d is the Euclidean distance. Columns: three
/// texts. Validation metric: the share of rows whose first text is closer to the second.
/// </remarks>
public sealed record TripletLoss : SentenceLoss
{
    /// <summary>The margin. Default 5.</summary>
    public double Margin { get; init; } = 5;

    internal override int MinTexts => 3;

    internal override int MaxTexts => 3;

    internal override string MetricName => "TripletAccuracy";

    internal override string Description => $"{nameof(TripletLoss)} {Margin}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels) => Gaps(texts).Plus(Margin).relu().mean();

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return Gaps(texts).data<float>().Average(gap => gap < 0 ? 1.0 : 0);
    }

    internal override void Check(int dimension) => Require(Margin > 0 && double.IsFinite(Margin), nameof(Margin), Margin, "above 0");

    private static Tensor Gaps(IReadOnlyList<Tensor> texts) =>
        VectorTensors.DistancesOfRows(texts[0], texts[1]) - VectorTensors.DistancesOfRows(texts[0], texts[2]);
}
