using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>An objective whose loss and metric depend on the module's outputs for each row.</summary>
internal abstract class FineTuningObjective<TModule> : TrainingObjective<TModule>
    where TModule : TrainableModule
{
    /// <summary>Computes the module's outputs for each row, [rows, …].</summary>
    public abstract Tensor Forward(TModule module, PaddedBatch batch);

    /// <summary>Computes the weighted sum of the rows' losses.</summary>
    public abstract Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows);

    /// <summary>
    /// Computes the weighted sum of the losses of rows with respect to their teacher's outputs. Default: these are values like the targets.
    /// </summary>
    public virtual Tensor TeacherLoss(Tensor outputs, IReadOnlyList<TrainingRow> rows, double temperature) =>
        Loss(outputs, [.. rows.Select(row => row with { Targets = row.Teacher })]);

    /// <summary>Computes the metric of the module's outputs, higher is better.</summary>
    public abstract double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows);

    public sealed override Tensor Loss(TModule module, IReadOnlyList<TrainingRow> rows) => Loss(Outputs(module, rows), rows);

    public sealed override double Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows) => Metric(Predict(replicas, rows));

    /// <summary>Computes the module's outputs for each row without dropout, in any order.</summary>
    protected (TrainingRow Row, float[] Outputs)[] Predict(ModuleReplicas<TModule> replicas, TrainingRow[] rows)
    {
        TrainingRow[][] parts = EpochBatches.Parts(rows, replicas.Tokens);
        var outputs = new (TrainingRow, float[])[parts.Length][];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, i) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            float[] values = Outputs(module, parts[i]).data<float>().ToArray();
            outputs[i] = [.. parts[i].Zip(values.Chunk(values.Length / parts[i].Length))];
        });
        replicas.Train(true);
        return [.. outputs.SelectMany(part => part)];
    }

    // Outputs are small compared with the computation, so losses can be computed on the processor.
    private Tensor Outputs(TModule module, IReadOnlyList<TrainingRow> rows) => Forward(module, Batch(rows)).cpu();

    /// <summary>Creates the module's input from the rows.</summary>
    public virtual PaddedBatch Batch(IReadOnlyList<TrainingRow> rows) => new(rows);

    /// <summary>Returns the rows' targets, [rows, targets].</summary>
    protected static Tensor Targets(IReadOnlyList<TrainingRow> rows) =>
        tensor(rows.SelectMany(row => row.Targets).ToArray(), rows.Count, rows[0].Targets.Length);

    /// <summary>Returns the teacher's outputs of the rows, [rows, outputs].</summary>
    protected static Tensor Teacher(IReadOnlyList<TrainingRow> rows) =>
        tensor(rows.SelectMany(row => row.Teacher).ToArray(), rows.Count, rows[0].Teacher.Length);

    /// <summary>Returns the rows' weights, [rows].</summary>
    protected static Tensor Weights(IReadOnlyList<TrainingRow> rows) => tensor(rows.Select(row => row.Weight).ToArray());
}
