using System.Globalization;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns a value for each pair of texts as the cosine of their vectors. The loss is the squared error (Reimers and Gurevych, 2019,
/// arXiv:1908.10084, section 3; sentence-transformers' <c>CosineSimilarityLoss</c>). A row contains both sequences; the second starts at
/// <see cref="EncodedRow.PairStart"/>.
/// </summary>
/// <param name="sentence">How a text becomes a vector.</param>
/// <param name="minimum">The value that corresponds to a cosine of 0.</param>
/// <param name="maximum">The value that corresponds to a cosine of 1.</param>
internal sealed class CosineSimilarityObjective(BertSentenceOptions sentence, float minimum, float maximum)
    : FineTuningObjective<SentenceEncoder>
{
    public override string MetricName => "PearsonCorrelation";

    public override string Parameters => string.Create(CultureInfo.InvariantCulture, $"{minimum} {maximum}");

    public override SentenceEncoder CreateModule(BertConfig config, ScalarType precision) => new(config, sentence, precision);

    /// <returns>Cosines, [pairs, 1].</returns>
    public override Tensor Forward(SentenceEncoder module, PaddedBatch batch)
    {
        Tensor vectors = module.Forward(batch);
        Tensor pairs = vectors.view(-1, 2, vectors.shape[1]);
        return functional.cosine_similarity(pairs.select(1, 0), pairs.select(1, 1), dim: 1).unsqueeze(1);
    }

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) =>
        ((outputs - Targets(rows).Minus(minimum).Over(maximum - minimum)).Squared().sum(1) * Weights(rows)).sum();

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => RegressionObjective.Pearson(rows);

    // The two texts of a pair are consecutive rows.
    public override PaddedBatch Batch(IReadOnlyList<TrainingRow> rows) =>
        new([.. rows.SelectMany(row => new[] { Text(row.Ids[..row.PairStart]), Text(row.Ids[row.PairStart..]) })]);

    private static EncodedRow Text(int[] ids) => new(ids, ids.Length);
}
