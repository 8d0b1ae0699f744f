using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns any number of labels for each row: the mean of a logistic loss for each label. A row has a target, 0 or 1, for each label.
/// </summary>
internal sealed class MultiLabelObjective : SequenceObjective
{
    /// <summary>The F1 score over all labels of all rows. A label is predicted if its probability is above one half.</summary>
    public override string MetricName => "MicroF1";

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) =>
        (functional.binary_cross_entropy_with_logits(outputs, Targets(rows), reduction: Reduction.None).mean([1]) * Weights(rows)).sum();

    public override Tensor TeacherLoss(Tensor outputs, IReadOnlyList<TrainingRow> rows, double temperature) =>
        (TeacherDivergence.OfLabels(outputs, Teacher(rows), temperature) * Weights(rows)).sum();

    protected override double Temperature(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => CalibrationTemperature.OfLabels(rows);

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows)
    {
        long hits = 0, predicted = 0, due = 0;
        foreach ((TrainingRow row, float[] outputs) in rows)
        {
            for (int i = 0; i < outputs.Length; i++)
            {
                (bool isPredicted, bool isDue) = (outputs[i] > 0, row.Targets[i] > 0);
                predicted += isPredicted ? 1 : 0;
                due += isDue ? 1 : 0;
                hits += isPredicted && isDue ? 1 : 0;
            }
        }
        return predicted + due > 0 ? 2.0 * hits / (predicted + due) : 1;
    }
}
