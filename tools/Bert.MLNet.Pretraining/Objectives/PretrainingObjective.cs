using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// An objective for learning from text. The data of an update depends only on its number and the seed, so an interrupted training continues
/// exactly.
/// </summary>
internal abstract class PretrainingObjective(double weight)
{
    /// <summary>The weight of the objective in the loss.</summary>
    public double Weight { get; } = weight;

    /// <summary>The name in the log.</summary>
    public abstract string Name { get; }

    /// <summary>The number of batches per update; each is processed by one worker.</summary>
    public abstract int BatchesPerStep { get; }

    /// <summary>Computes the forward and backward pass of one batch, and leaves the gradients in the module.</summary>
    /// <param name="module">The worker's own module.</param>
    /// <param name="step">Number of the update.</param>
    /// <param name="progress">The completed share of the training.</param>
    /// <param name="batch">Number of the batch in the update.</param>
    /// <param name="scale">The factor for the loss before the backward pass.</param>
    public abstract BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale);

    /// <summary>Evaluates on held-out text, and returns one line for the log.</summary>
    public abstract string Evaluate(ModuleReplicas<BertForMaskedLM> replicas);

    /// <summary>Creates random numbers that depend only on the arguments.</summary>
    protected static Random Chance(int seed, long step, int batch) => new(StepSeed.Of(seed, step, batch));
}

/// <summary>The mean loss of a batch, and its size.</summary>
internal readonly record struct BatchResult(double Loss, int Tokens);
