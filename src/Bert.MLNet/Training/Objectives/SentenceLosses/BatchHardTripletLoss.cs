using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Learns that texts of the same class are closer than texts of other classes. For each text, the most distant text of its class in the
/// batch and the closest one of any other class make a triplet (Hermans et al., 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>
/// The loss is max(0, d(text, same class) − d(text, other class) + <see cref="Margin"/>), where d is the Euclidean distance. Columns: one
/// text and a key. A batch should contain several texts of each of its classes: choose a large batch if there are many classes.
/// Validation metric: the share of texts whose nearest other text has the same class.
/// </remarks>
public sealed record BatchHardTripletLoss : SentenceLoss
{
    /// <summary>The margin. Default 5.</summary>
    public double Margin { get; init; } = 5;

    internal override int MinTexts => 1;

    internal override int MaxTexts => 1;

    internal override SentenceLabel Label => SentenceLabel.Class;

    internal override string MetricName => "NearestNeighborAccuracy";

    internal override string Description => $"{nameof(BatchHardTripletLoss)} {Margin}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        Tensor distances = VectorTensors.Distances(texts[0]);
        Tensor same = labels!.unsqueeze(0).eq(labels.unsqueeze(1));
        // A text without a counterpart has distance 0 to its class, and the largest distance to other classes.
        Tensor farthest = distances.Filled(same.logical_not(), 0).amax([1]);
        Tensor largest = distances.amax([1], keepdim: true);
        Tensor closest = where(same, distances.Plus(largest), distances).amin([1]);
        return (farthest - closest).Plus(Margin).relu().mean();
    }

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels) =>
        VectorTensors.NearestNeighborAccuracy(texts[0], labels!);

    internal override void Check(int dimension) => Require(Margin > 0 && double.IsFinite(Margin), nameof(Margin), Margin, "above 0");
}
