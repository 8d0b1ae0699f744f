using System.Globalization;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Learns a teacher's outputs as well as labels. A row without targets is learned from its teacher alone.</summary>
/// <param name="labels">The objective without a teacher.</param>
/// <param name="teacher">The teacher, for checkpoints of the training.</param>
/// <param name="temperature">The temperature of predicted distributions.</param>
/// <param name="labelWeight">The weight of the labels' loss; that of the teacher is the rest to 1.</param>
internal sealed class DistillationObjective<TModule>(
    FineTuningObjective<TModule> labels, string teacher, double temperature, double labelWeight) : FineTuningObjective<TModule>
    where TModule : TrainableModule
{
    public override string MetricName => labels.MetricName;

    public override string Parameters => string.Create(
        CultureInfo.InvariantCulture, $"{labels.GetType().Name} {labels.Parameters} {teacher} {temperature} {labelWeight}");

    public override TModule CreateModule(BertConfig config, ScalarType precision) => labels.CreateModule(config, precision);

    public override void Begin(TModule module) => labels.Begin(module);

    public override double Calibrate(ModuleReplicas<TModule> replicas, TrainingRow[] validation) => labels.Calibrate(replicas, validation);

    public override void End(TModule module) => labels.End(module);

    public override Tensor Forward(TModule module, PaddedBatch batch) => labels.Forward(module, batch);

    public override PaddedBatch Batch(IReadOnlyList<TrainingRow> rows) => labels.Batch(rows);

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows)
    {
        Tensor loss = labels.TeacherLoss(outputs, rows, temperature).Times(1 - labelWeight);
        long[] known = [.. rows.Index().Where(row => !row.Item.HasTeacherOnly).Select(row => (long)row.Index)];
        if (known.Length == 0)
            return loss;
        TrainingRow[] labelled = [.. known.Select(row => rows[(int)row])];
        return loss.Plus(labels.Loss(outputs.index_select(0, tensor(known)), labelled).Times(labelWeight));
    }

    // Data for validation need not contain the teacher's outputs.
    protected override bool HaveLoss(TrainingRow[] rows) => rows.All(row => row.Teacher.Length > 0);

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => labels.Metric(rows);
}
