using System.Globalization;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns one label for each row, with cross-entropy. A row's target is the number of its label, its weight that of the label.
/// </summary>
/// <param name="classWeights">A weight for each label; empty for weights of 1.</param>
/// <param name="labelSmoothing">
/// The share of probability that is distributed over all labels (Szegedy et al., 2016, arXiv:1512.00567).
/// </param>
internal sealed class SingleLabelObjective(float[] classWeights, double labelSmoothing) : SequenceObjective
{
    public override string MetricName => "MicroAccuracy";

    public override string Parameters => labelSmoothing.ToString(CultureInfo.InvariantCulture);

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows) => functional.cross_entropy(
        outputs, Targets(rows).squeeze(1).to(ScalarType.Int64), classWeights.Length > 0 ? tensor(classWeights) : null,
        reduction: Reduction.Sum, label_smoothing: labelSmoothing);

    public override Tensor TeacherLoss(Tensor outputs, IReadOnlyList<TrainingRow> rows, double temperature) =>
        (TeacherDivergence.OfLabel(outputs, Teacher(rows), temperature) * Weights(rows)).sum();

    protected override double Temperature(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) =>
        CalibrationTemperature.OfLabel([.. rows.Select(row => ((int)row.Row.Targets[0], row.Outputs))]);

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) =>
        rows.Average(row => TensorPrimitives.IndexOfMax<float>(row.Outputs) == (int)row.Row.Targets[0] ? 1.0 : 0);
}
