using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Learns the vectors that another model, the teacher, computes for the same texts (Reimers and Gurevych, 2020, arXiv:2004.09813).
/// </summary>
/// <remarks>
/// Columns: one text and, unless there is a <see cref="Teacher"/>, its vector, of any source. Teacher vectors with
/// more values than the student's are projected to the subspace that preserves their dot products best (the first principal components,
/// not centered); those with fewer values are padded with zeros. Validation metric: the mean cosine to the teacher's vectors.
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

    internal override int MinTexts => 1;

    internal override int MaxTexts => 1;

    internal override SentenceLabel Label => Teacher is null ? SentenceLabel.Vector : SentenceLabel.None;

    internal override string MetricName => "MeanCosine";

    internal override string Description => $"{nameof(EmbedDistillLoss)} {MeanSquaredError}";

    internal override void Check(int dimension) => Teacher?.Check();

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels) => MeanSquaredError
        ? (texts[0] - labels!).Squared().mean()
        : VectorTensors.CosinesOfRows(texts[0], labels!).mean().Times(-1).Plus(1);

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return VectorTensors.CosinesOfRows(texts[0], labels!).mean().item<float>();
    }
}
