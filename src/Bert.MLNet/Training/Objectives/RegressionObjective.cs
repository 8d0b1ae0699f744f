using Bert.MLNet.Evaluation;

using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A value for each row: squared error. It is learnt as a number of deviations from the mean, whatever scale it is on, and the head is brought
/// to that scale at the end.
/// </summary>
/// <param name="mean">The mean of the values.</param>
/// <param name="deviation">Their standard deviation.</param>
internal sealed class RegressionObjective(double mean = 0, double deviation = 1) : SequenceObjective
{
    public override void Begin(BertForSequenceClassification module) => module.Rescale(1 / deviation, -mean / deviation);

    public override void End(BertForSequenceClassification module) => module.Rescale(deviation, mean);

    public override string MetricName => "PearsonCorrelation";

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) =>
        ((outputs - Targets(rows).Minus(mean).Over(deviation)).Squared().sum(1) * Weights(rows)).sum();

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => Pearson(rows);

    /// <summary>Pearson's coefficient; 0 where the outputs or the values do not vary.</summary>
    public static double Pearson(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows)
    {
        double coefficient = Correlation.Pearson([.. rows.Select(row => (double)row.Outputs[0])], [.. rows.Select(row => (double)row.Row.Targets[0])]);
        return double.IsNaN(coefficient) ? 0 : coefficient;
    }
}
