using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Modules over one memory of weights, each with gradients of its own, so that several threads can work on one update. Each uses
/// one thread inside an operation: on a busy machine that outruns libtorch's own threads, which wait for each other in every one.
/// </summary>
internal sealed class ModuleReplicas<TModule> : IDisposable
    where TModule : Module
{
    private readonly TModule[] _modules;
    private readonly (Parameter First, Parameter[] Others)[] _parameters;

    /// <param name="first">The module that owns the weights.</param>
    /// <param name="create">Makes another module of the same shape.</param>
    /// <param name="count">How many modules there are to be, this one included.</param>
    public ModuleReplicas(TModule first, Func<TModule> create, int count)
    {
        _modules = [first, .. Enumerable.Range(1, count - 1).Select(_ => create())];
        IReadOnlyList<(string Name, Parameter Parameter)>[] states = [.. _modules.Select(module => module.State())];
        _parameters = [.. states[0].Select((p, i) => (p.Parameter, states.Skip(1).Select(state => state[i].Parameter).ToArray()))];

        using var quiet = no_grad();
        foreach ((Parameter owner, Parameter[] others) in _parameters)
        {
            foreach (Parameter other in others)
                other.set_(owner);
        }
    }

    public TModule First => _modules[0];

    /// <summary>Does <paramref name="count"/> pieces of work, each on whichever replica is free.</summary>
    public void Run(int count, Action<TModule, int> work)
    {
        int next = -1;
        void Work(int replica)
        {
            set_num_threads(1);
            for (int item; (item = Interlocked.Increment(ref next)) < count;)
                work(_modules[replica], item);
        }

        OnEach(_modules.Length, Work);
    }

    /// <summary>
    /// Does pieces of work that leave gradients, and adds these up in the order of the pieces. Sums of floats depend on their order, so
    /// <see cref="First"/> has the same gradients afterwards however many replicas there are.
    /// </summary>
    public void Accumulate(int count, Action<TModule, int> work)
    {
        for (int start = 0; start < count; start += _modules.Length)
        {
            int first = start;
            OnEach(Math.Min(_modules.Length, count - start), replica =>
            {
                set_num_threads(1);
                work(_modules[replica], first + replica);
            });
            SumGradients();
        }
    }

    /// <summary>Turns dropout on or off in all modules.</summary>
    public void Train(bool on)
    {
        foreach (TModule module in _modules)
            module.train(on);
    }

    /// <summary>Spares the parameters of these names, in all modules, their gradients.</summary>
    public void Freeze(Func<string, bool> isFrozen)
    {
        foreach ((string name, Parameter parameter) in _modules.SelectMany(module => module.State()))
            parameter.requires_grad = !isFrozen(name);
    }

    private static void OnEach(int replicas, Action<int> work)
    {
        if (replicas == 1)
        {
            work(0);
            return;
        }
        try
        {
            Parallel.For(0, replicas, new ParallelOptions { MaxDegreeOfParallelism = replicas }, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    // The others' gradients are zero afterwards.
    private void SumGradients() => Parallel.ForEach(_parameters, static parameter =>
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter other in parameter.Others)
        {
            if (other.grad is not { } added)
                continue;
            if (parameter.First.grad is { } sum)
                TensorPrimitives.Add(sum.Values(), added.Values(), sum.Values());
            else
                parameter.First.grad = added.clone();
            added.Values().Clear();
        }
    });

    public void Dispose()
    {
        foreach (TModule module in _modules.Skip(1))
            module.Dispose();
    }
}
