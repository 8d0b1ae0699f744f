using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Learns the similarity of two texts as the cosine of their vectors. The loss is the squared error (Reimers and Gurevych, 2019,
/// arXiv:1908.10084, section 3).
/// </summary>
/// <remarks>Columns: two texts and a number. Validation metric: Spearman's correlation of cosines and numbers.</remarks>
public sealed record CosineSimilarityLoss : SentenceLoss
{
    internal override int MinTexts => 2;

    internal override int MaxTexts => 2;

    internal override SentenceLabel Label => SentenceLabel.Similarity;

    internal override string MetricName => "SpearmanCorrelation";

    internal override string Description => nameof(CosineSimilarityLoss);

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels) =>
        OfRows(VectorTensors.CosinesOfRows(texts[0], texts[1]), labels!).mean();

    /// <summary>Computes the loss of each row, [rows], from its cosine and its label.</summary>
    internal static Tensor OfRows(Tensor cosines, Tensor labels) => (cosines - labels).Squared();

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels) =>
        VectorTensors.Spearman(texts[0], texts[1], labels!);
}
