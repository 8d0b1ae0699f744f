using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>What the training loop asks of a task: a module, the loss of some rows, and how good the module is.</summary>
internal abstract class TrainingObjective<TModule>
    where TModule : BertForTask
{
    public abstract string MetricName { get; }

    /// <summary>What decides the loss besides the rows, as text: checkpoints of a training with other parameters are another's.</summary>
    public virtual string Parameters => "";

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

    /// <summary>The sum of the rows' losses, each times its weight.</summary>
    public abstract Tensor Loss(TModule module, IReadOnlyList<TrainingRow> rows);

    /// <summary>The metric on rows, more is better.</summary>
    public abstract double Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows);
}
