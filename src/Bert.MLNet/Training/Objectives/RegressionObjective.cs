using Bert.MLNet.Evaluation;

using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns a value for each row, with squared error. Values on any scale are learned as standard deviations from the mean, and the
/// head is rescaled at the end.
/// </summary>
/// <param name="mean">The mean of the values.</param>
/// <param name="deviation">The standard deviation of the values.</param>
internal sealed class RegressionObjective(double mean = 0, double deviation = 1) : SequenceObjective
{
    public override void Begin(BertForSequenceClassification module) => module.Rescale(1 / deviation, -mean / deviation);

    public override void End(BertForSequenceClassification module) => module.Rescale(deviation, mean);

    public override string MetricName => "PearsonCorrelation";

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) =>
        ((outputs - Targets(rows).Minus(mean).Over(deviation)).Squared().sum(1) * Weights(rows)).sum();

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => Pearson(rows);

    /// <summary>Computes Pearson's coefficient, or 0 if the outputs or the values are constant.</summary>
    public static double Pearson(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows)
    {
        double coefficient = Correlation.Pearson(
            [.. rows.Select(row => (double)row.Outputs[0])], [.. rows.Select(row => (double)row.Row.Targets[0])]);
        return double.IsNaN(coefficient) ? 0 : coefficient;
    }
}
