using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet;

/// <summary>
/// Learns to find the second text of a row among the second texts of all rows in the batch (in-batch negatives; Henderson et al., 2017,
/// arXiv:1705.00652). A third text in a row is an additional wrong answer. The larger the batch, the better.
/// </summary>
/// <remarks>
/// The loss is the cross-entropy of the softmax over cosines × <see cref="Scale"/>. Columns: two texts that belong together, such as a
/// question and its answer, and optionally a third that does not. A batch should not contain the same second text twice, because the
/// other occurrence is treated as wrong. Validation metric: the mean reciprocal rank of the second texts.
/// </remarks>
public sealed record MultipleNegativesRankingLoss : SentenceLoss
{
    /// <summary>The factor of the cosines. Default 20.</summary>
    public double Scale { get; init; } = 20;

    /// <summary>
    /// Whether the loss also includes finding the first text for each second text; the result is the mean of both losses. Default false.
    /// </summary>
    public bool Symmetric { get; init; }

    internal override int MinTexts => 2;

    internal override int MaxTexts => 3;

    internal override string MetricName => "MeanReciprocalRank";

    internal override string Description => $"{nameof(MultipleNegativesRankingLoss)} {Scale} {Symmetric}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        Tensor scores = VectorTensors.Cosines(texts[0], Answers(texts)).Times(Scale);
        Tensor own = TensorArithmetic.Range((int)texts[0].shape[0]);
        Tensor loss = functional.cross_entropy(scores, own);
        return Symmetric
            ? loss.Plus(functional.cross_entropy(scores.narrow(1, 0, texts[0].shape[0]).t(), own)).Times(0.5)
            : loss;
    }

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return VectorTensors.MeanReciprocalRank(texts[0], Answers(texts));
    }

    internal override void Check(int dimension) => Require(Scale > 0 && double.IsFinite(Scale), nameof(Scale), Scale, "above 0");

    private static Tensor Answers(IReadOnlyList<Tensor> texts) => cat([.. texts.Skip(1)], 0);
}
