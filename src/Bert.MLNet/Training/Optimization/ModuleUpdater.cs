namespace Bert.MLNet.Training;

/// <summary>Updates the weights of a module step by step, computing gradients on its replicas.</summary>
internal sealed class ModuleUpdater<TModule>
    where TModule : TrainableModule
{
    private readonly ModuleReplicas<TModule> _replicas;
    private readonly double _maxGradNorm;
    private readonly int _seed;

    /// <param name="replicas">The module that is trained, and its replicas.</param>
    /// <param name="options">The constants of the optimizer.</param>
    /// <param name="maxGradNorm">The maximum norm of the gradients, to which larger ones are scaled down.</param>
    /// <param name="seed">The seed of dropout.</param>
    /// <param name="rate">
    /// Returns the factor of a parameter's learning rate, given its canonical name; 0 freezes the parameter. Default: 1.
    /// </param>
    public ModuleUpdater(
        ModuleReplicas<TModule> replicas, AdamWOptions options, double maxGradNorm, int seed, Func<string, double>? rate = null)
    {
        _replicas = replicas;
        _maxGradNorm = maxGradNorm;
        _seed = seed;
        double Rate(string name) => rate?.Invoke(ModuleState.Canonical(name)) ?? 1;
        replicas.Freeze(name => Rate(name) == 0);
        Optimizer = new AdamW(replicas.First.State().Where(p => p.Parameter.requires_grad), options, Rate, replicas.Threads);
    }

    public AdamW Optimizer { get; }

    /// <summary>Makes one update from the gradients of several batches. The result does not depend on the number of replicas.</summary>
    /// <param name="batches">The number of batches.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="accumulate">Runs a batch forward and backward and accumulates the gradients in the module.</param>
    /// <returns>The norm of the gradients before scaling.</returns>
    /// <exception cref="NotFiniteNumberException">The gradients are not finite.</exception>
    public double Update(int batches, double learningRate, Action<TModule, int> accumulate)
    {
        _replicas.Accumulate(batches, (module, batch) =>
        {
            SeedDropout(batch);
            accumulate(module, batch);
        });
        return Optimizer.Step(learningRate, _maxGradNorm);
    }

    /// <summary>Runs each batch on the next free replica, with the weights and the dropout of the update that follows.</summary>
    public void Rehearse(int batches, Action<TModule, int> work) => _replicas.Run(batches, (module, batch) =>
    {
        SeedDropout(batch);
        work(module, batch);
    });

    private void SeedDropout(int batch) => BatchChance.Seed(StepSeed.Of(_seed, Optimizer.Steps, batch), _replicas.Device);
}
