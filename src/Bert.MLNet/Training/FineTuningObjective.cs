using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>What a fine-tuning learns: the module, its loss, and how good it is.</summary>
internal abstract class FineTuningObjective<TModule>
    where TModule : BertForTask
{
    /// <summary>Tokens of a part of the rows that are evaluated, padding included.</summary>
    private const int EvaluationTokens = 1024;

    public abstract string MetricName { get; }

    /// <summary>A module with random weights from torch's default generator.</summary>
    public abstract TModule CreateModule(BertConfig config, ScalarType precision);

    /// <summary>Makes a module that has learnt this before go on from there.</summary>
    public virtual void Begin(TModule module)
    {
    }

    /// <summary>Makes the module that has been trained give what users are to see.</summary>
    public virtual void End(TModule module)
    {
    }

    /// <summary>What the module says of each row, [rows, …].</summary>
    public abstract Tensor Forward(TModule module, PaddedBatch batch);

    /// <summary>The sum of the rows' losses, each times its weight.</summary>
    public abstract Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows);

    /// <summary>How good the module's outputs are, more is better.</summary>
    public abstract double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows);

    /// <summary>The metric on rows.</summary>
    public double Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows)
    {
        TrainingRow[][] parts = EpochBatches.Parts(rows, EvaluationTokens);
        var outputs = new (TrainingRow, float[])[parts.Length][];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, i) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            float[] values = Forward(module, new PaddedBatch(parts[i], module.Config.PadTokenId)).data<float>().ToArray();
            outputs[i] = [.. parts[i].Zip(values.Chunk(values.Length / parts[i].Length))];
        });
        replicas.Train(true);
        return Metric([.. outputs.SelectMany(part => part)]);
    }
}
