using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>An objective whose module says something of each row, by which both the loss and the metric go.</summary>
internal abstract class FineTuningObjective<TModule> : TrainingObjective<TModule>
    where TModule : BertForTask
{
    /// <summary>What the module says of each row, [rows, …].</summary>
    public abstract Tensor Forward(TModule module, PaddedBatch batch);

    /// <summary>The sum of the rows' losses, each times its weight.</summary>
    public abstract Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows);

    /// <summary>How good the module's outputs are, more is better.</summary>
    public abstract double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows);

    public sealed override Tensor Loss(TModule module, IReadOnlyList<TrainingRow> rows) => Loss(Outputs(module, rows), rows);

    public sealed override double Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows)
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
        return Metric([.. outputs.SelectMany(part => part)]);
    }

    // Small beside what made them, so that losses need not know of other devices.
    private Tensor Outputs(TModule module, IReadOnlyList<TrainingRow> rows) => Forward(module, Batch(rows)).cpu();

    /// <summary>The rows as the module reads them.</summary>
    protected virtual PaddedBatch Batch(IReadOnlyList<TrainingRow> rows) => new(rows);

    /// <summary>The rows' targets, [rows, targets].</summary>
    protected static Tensor Targets(IReadOnlyList<TrainingRow> rows) =>
        tensor(rows.SelectMany(row => row.Targets).ToArray(), rows.Count, rows[0].Targets.Length);

    /// <summary>The rows' weights, [rows].</summary>
    protected static Tensor Weights(IReadOnlyList<TrainingRow> rows) => tensor(rows.Select(row => row.Weight).ToArray());
}
