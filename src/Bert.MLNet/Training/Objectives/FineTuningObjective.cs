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

    /// <summary>Whether rows for validation have everything that their loss depends on. Default: targets.</summary>
    protected virtual bool HaveLoss(TrainingRow[] rows) => rows.All(row => row.Targets.Length > 0);

    public sealed override ValidationResult Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows)
    {
        bool haveLoss = HaveLoss(rows);
        double sum = 0;
        Lock adding = new();
        (TrainingRow, float[])[] predicted = Predict(replicas, rows, haveLoss ? Add : null);
        double weight = Math.Max(rows.Sum(row => (double)row.Weight), float.Epsilon);
        return new(Metric(predicted), haveLoss ? sum / weight : null);

        void Add(Tensor outputs, TrainingRow[] part)
        {
            double loss = Loss(outputs, part).item<float>();
            lock (adding)
                sum += loss;
        }
    }

    /// <summary>Computes the module's outputs for each row without dropout, in any order.</summary>
    /// <param name="replicas">The module and its replicas.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="see">Receives the outputs of each part of the rows, on any thread; null for nothing.</param>
    protected (TrainingRow Row, float[] Outputs)[] Predict(
        ModuleReplicas<TModule> replicas, TrainingRow[] rows, Action<Tensor, TrainingRow[]>? see = null)
    {
        TrainingRow[][] parts = EpochBatches.Parts(rows, replicas.Tokens);
        var outputs = new (TrainingRow, float[])[parts.Length][];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, i) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            Tensor computed = Outputs(module, parts[i]);
            see?.Invoke(computed, parts[i]);
            float[] values = computed.data<float>().ToArray();
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
