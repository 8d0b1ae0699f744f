using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns where an answer starts and ends: the mean of a cross-entropy over all tokens of the row for each. A row's targets are the
/// two tokens, or [CLS] twice if the row has no answer.
/// </summary>
/// <param name="metric">
/// Computes the F1 score of the answers from logits, which alternate between start and end for each token of a row.
/// </param>
internal sealed class AnswerSpanObjective(Func<IReadOnlyList<(TrainingRow Row, float[] Logits)>, double> metric)
    : FineTuningObjective<BertForQuestionAnswering>
{
    public override string MetricName => "F1Score";

    public override BertForQuestionAnswering CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    public override Tensor Forward(BertForQuestionAnswering module, PaddedBatch batch) => module.Forward(batch);

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows)
    {
        Tensor lengths = tensor(rows.Select(row => (long)row.Length).ToArray()).view(-1, 1, 1);
        Tensor isPadding = TensorArithmetic.Range((int)outputs.shape[1]).view(1, -1, 1).ge(lengths);
        Tensor losses = functional.cross_entropy(
            outputs.Filled(isPadding, double.NegativeInfinity), Targets(rows).to(ScalarType.Int64), reduction: Reduction.None);
        return (losses.mean([1]) * Weights(rows)).sum();
    }

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => metric(rows);
}
