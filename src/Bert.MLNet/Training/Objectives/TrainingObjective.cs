using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The part of the training loop that depends on the task: a module, the loss of rows, and a metric.</summary>
internal abstract class TrainingObjective<TModule>
    where TModule : TrainableModule
{
    public abstract string MetricName { get; }

    /// <summary>
    /// The parameters that determine the loss in addition to the rows, as text. Checkpoints with other parameters belong to another
    /// training.
    /// </summary>
    public virtual string Parameters => "";

    /// <summary>Creates a module with random weights from torch's default generator.</summary>
    public abstract TModule CreateModule(BertConfig config, ScalarType precision);

    /// <summary>Prepares the module for training, so that one that was trained with this objective before continues from there.</summary>
    public virtual void Begin(TModule module)
    {
    }

    /// <summary>Changes the trained module so that its probabilities suit the validation rows, if the objective has any.</summary>
    /// <param name="replicas">The module and its replicas.</param>
    /// <param name="validation">The validation rows; can be empty.</param>
    /// <returns>The number that logits are divided by; 1 for no change.</returns>
    public virtual double Calibrate(ModuleReplicas<TModule> replicas, TrainingRow[] validation) => 1;

    /// <summary>Converts the trained module so that it returns the values that users see.</summary>
    public virtual void End(TModule module)
    {
    }

    /// <summary>Computes the weighted sum of the rows' losses.</summary>
    public abstract Tensor Loss(TModule module, IReadOnlyList<TrainingRow> rows);

    /// <summary>Prepares an update.</summary>
    /// <param name="parts">The rows of the update, in parts that fit into memory.</param>
    /// <param name="batches">The parts of each batch.</param>
    /// <param name="forward">Computes something for each part, with the weights and the dropout of the update.</param>
    /// <returns>A function that computes the weighted sum of the losses of a part's rows.</returns>
    public virtual Func<TModule, int, PartLoss> Prepare(
        TrainingRow[][] parts, IReadOnlyList<Range> batches, Action<Action<TModule, int>> forward) => (module, part) =>
    {
        Tensor loss = Loss(module, parts[part]);
        return new(loss, loss.item<float>());
    };

    /// <summary>Computes the metric on rows and, from the same outputs, their loss.</summary>
    public abstract ValidationResult Evaluate(ModuleReplicas<TModule> replicas, TrainingRow[] rows);
}
