namespace Bert.MLNet.Training;

/// <summary>Makes one update after the other to a module, with the help of its doubles.</summary>
internal sealed class ModuleUpdater<TModule>
    where TModule : BertForTask
{
    private readonly ModuleReplicas<TModule> _replicas;
    private readonly double _maxGradNorm;
    private readonly int _seed;

    /// <param name="replicas">The module that is trained, and its doubles.</param>
    /// <param name="options">Constants of the optimiser.</param>
    /// <param name="maxGradNorm">Gradients with a larger norm are scaled down to it.</param>
    /// <param name="seed">Where dropout comes from.</param>
    /// <param name="rate">What a parameter's learning rate is multiplied with, by its canonical name; 0 freezes it. Default: 1.</param>
    public ModuleUpdater(ModuleReplicas<TModule> replicas, AdamWOptions options, double maxGradNorm, int seed, Func<string, double>? rate = null)
    {
        _replicas = replicas;
        _maxGradNorm = maxGradNorm;
        _seed = seed;
        double Rate(string name) => rate?.Invoke(ModuleState.Canonical(name)) ?? 1;
        replicas.Freeze(name => Rate(name) == 0);
        Optimizer = new AdamW(replicas.First.State().Where(p => p.Parameter.requires_grad), options, Rate, replicas.Threads);
    }

    public AdamW Optimizer { get; }

    /// <summary>One update from the gradients of several batches: the same whatever the number of doubles.</summary>
    /// <param name="batches">How many batches.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="accumulate">Computes a batch forward and backward, and leaves the gradients in the module.</param>
    /// <returns>The norm of the gradients before scaling.</returns>
    /// <exception cref="NotFiniteNumberException">The gradients are not finite.</exception>
    public double Update(int batches, double learningRate, Action<TModule, int> accumulate)
    {
        long step = Optimizer.Steps;
        _replicas.Accumulate(batches, (module, batch) =>
        {
            BatchChance.Seed(StepSeed.Of(_seed, step, batch), _replicas.Device);
            accumulate(module, batch);
        });
        return Optimizer.Step(learningRate, _maxGradNorm);
    }
}
