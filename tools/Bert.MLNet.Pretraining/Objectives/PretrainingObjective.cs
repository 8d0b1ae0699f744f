using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Something to learn from text. What an update sees is a function of its number and the seed alone, so a training that was
/// interrupted goes on as if it had not been.
/// </summary>
internal abstract class PretrainingObjective(double weight)
{
    /// <summary>The objective's share in the loss.</summary>
    public double Weight { get; } = weight;

    /// <summary>What the log calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Batches of one update; each is one worker's at a time.</summary>
    public abstract int BatchesPerStep { get; }

    /// <summary>Computes one batch forward and backward, and leaves the gradients in the module.</summary>
    /// <param name="module">The worker's own module.</param>
    /// <param name="step">Number of the update.</param>
    /// <param name="progress">The share of the training that is done.</param>
    /// <param name="batch">Number of the batch in the update.</param>
    /// <param name="scale">What the loss is multiplied with before it goes backward.</param>
    public abstract BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale);

    /// <summary>Measures on held-out text; one line for the log.</summary>
    public abstract string Evaluate(ModuleReplicas<BertForMaskedLM> replicas);

    /// <summary>Chance that depends on nothing but its arguments.</summary>
    protected static Random Chance(int seed, long step, int batch) => new(StepSeed.Of(seed, step, batch));
}

/// <summary>The mean loss of a batch, and its size.</summary>
internal readonly record struct BatchResult(double Loss, int Tokens);
