using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet;

/// <summary>
/// Learns the vectors that another model, the teacher, computes for the same texts (Reimers and Gurevych, 2020, arXiv:2004.09813).
/// </summary>
/// <remarks>
/// Columns: one text and, unless there is a <see cref="Teacher"/>, its vector, of any source. Teacher vectors with
/// more values than the student's are projected to the subspace that preserves their dot products best (the first principal components,
/// not centered); those with fewer values are padded with zeros. Validation metric: the mean cosine to the teacher's vectors.
/// <para>
/// With <see cref="ContrastWeight"/>, the loss also includes finding the teacher's vector of a text among those of all texts in the batch,
/// as in <see cref="MultipleNegativesRankingLoss"/>. It separates texts that are similar, and works best with large batches. A student that
/// cannot reach the teacher's vectors, such as a table of static embeddings, then agrees better with the teacher's similarities.
/// </para>
/// </remarks>
public sealed record EmbedDistillLoss : SentenceLoss
{
    /// <summary>
    /// Whether the loss is the mean squared error of all values, so that lengths are learned, too. Default false: 1 − cosine.
    /// </summary>
    public bool MeanSquaredError { get; init; }

    /// <summary>
    /// The model that computes the vectors to learn. Default null: the vectors are those of the label column.
    /// </summary>
    public EmbeddingTeacher? Teacher { get; init; }

    internal override EmbeddingTeacher? VectorTeacher => Teacher;

    /// <summary>
    /// The factor of the cross-entropy of the softmax over the cosines × <see cref="Scale"/> of a text's vector with the teacher's vectors
    /// of all texts in the batch. Default 0: it is not used.
    /// </summary>
    public double ContrastWeight { get; init; }

    /// <summary>The factor of the cosines in the cross-entropy. Default 20.</summary>
    public double Scale { get; init; } = 20;

    internal override int MinTexts => 1;

    internal override int MaxTexts => 1;

    internal override SentenceLabel Label => Teacher is null ? SentenceLabel.Vector : SentenceLabel.None;

    internal override string MetricName => "MeanCosine";

    internal override string Description =>
        $"{nameof(EmbedDistillLoss)} {MeanSquaredError} {ContrastWeight} {Scale}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        Tensor distance = MeanSquaredError
            ? (texts[0] - labels!).Squared().mean()
            : VectorTensors.CosinesOfRows(texts[0], labels!).mean().Times(-1).Plus(1);
        if (ContrastWeight == 0)
            return distance;
        Tensor scores = VectorTensors.Cosines(texts[0], labels!).Times(Scale);
        return distance.Plus(functional.cross_entropy(scores, TensorArithmetic.Range((int)scores.shape[0])).Times(ContrastWeight));
    }

    internal override void Check(int dimension)
    {
        Teacher?.Check();
        Require(ContrastWeight >= 0 && double.IsFinite(ContrastWeight), nameof(ContrastWeight), ContrastWeight, "0 or more");
        Require(Scale > 0 && double.IsFinite(Scale), nameof(Scale), Scale, "above 0");
    }

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return VectorTensors.CosinesOfRows(texts[0], labels!).mean().item<float>();
    }
}
