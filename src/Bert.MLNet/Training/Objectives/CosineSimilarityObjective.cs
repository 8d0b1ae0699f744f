using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns a value for each pair of texts as the cosine of their vectors, with <see cref="CosineSimilarityLoss"/>. A row contains both
/// sequences; the second starts at <see cref="EncodedRow.PairStart"/>.
/// </summary>
/// <param name="sentence">How a text becomes a vector.</param>
/// <param name="minimum">The value that corresponds to a cosine of 0.</param>
/// <param name="maximum">The value that corresponds to a cosine of 1.</param>
internal sealed class CosineSimilarityObjective(BertSentenceOptions sentence, float minimum, float maximum)
    : FineTuningObjective<SentenceEncoder>
{
    private readonly LabelScale _scale = new LabelScale.Range(minimum, maximum);

    public override string MetricName => "PearsonCorrelation";

    public override string Parameters => _scale.Description;

    public override SentenceEncoder CreateModule(BertConfig config, ScalarType precision) => new(config, sentence, precision);

    /// <returns>Cosines, [pairs, 1].</returns>
    public override Tensor Forward(SentenceEncoder module, PaddedBatch batch)
    {
        Tensor vectors = module.Forward(batch);
        Tensor pairs = vectors.view(-1, 2, vectors.shape[1]);
        return VectorTensors.CosinesOfRows(pairs.select(1, 0), pairs.select(1, 1)).unsqueeze(1);
    }

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) =>
        (CosineSimilarityLoss.OfRows(outputs.squeeze(1), _scale.Apply(Targets(rows))) * Weights(rows)).sum();

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => RegressionObjective.Pearson(rows);

    // The two texts of a pair are consecutive rows.
    public override PaddedBatch Batch(IReadOnlyList<TrainingRow> rows) =>
        new([.. rows.SelectMany(row => new[] { Text(row.Ids[..row.PairStart]), Text(row.Ids[row.PairStart..]) })]);

    private static EncodedRow Text(int[] ids) => new(ids, ids.Length);
}
