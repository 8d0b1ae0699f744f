using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Modules over one memory of weights, each with gradients of its own, so that several threads can work on one update. Each uses
/// one thread inside an operation: on a busy machine that outruns libtorch's own threads, which wait for each other in every one.
/// Or one module on another device, which copies the weights before it works and whose gradients are copied back: the first module, which
/// owns weights and optimiser's state, is always the processor's.
/// </summary>
internal sealed class ModuleReplicas<TModule> : IDisposable
    where TModule : Module
{
    private readonly List<TModule> _workers = [];
    private readonly WorkerThreads? _threadsOfWorkers;
    private readonly (Parameter First, Parameter[] Others)[] _parameters;
    private readonly int _threads = get_num_threads();

    /// <param name="first">The module that owns the weights.</param>
    /// <param name="create">Makes another module of the same shape.</param>
    /// <param name="count">Threads, and modules on the processor, this one included.</param>
    /// <param name="device">Where one module works in their place; null: they work on the processor.</param>
    public ModuleReplicas(TModule first, Func<TModule> create, int count, Device? device = null)
    {
        (First, Device, Threads) = (first, device, count);
        try
        {
            if (device is null)
                _workers.Add(first);
            while (_workers.Count < (device is null ? count : 1))
            {
                _workers.Add(InitialWeights.Unread(create));
                if (device is not null)
                    _workers[^1].to(device);
            }
            _threadsOfWorkers = new WorkerThreads(_workers.Count);
            IReadOnlyList<(string Name, Parameter Parameter)>[] states = [.. Doubles.Select(module => module.State())];
            _parameters = [.. first.State().Select((p, i) => (p.Parameter, states.Select(state => state[i].Parameter).ToArray()))];
            if (device is null)
                ShareWeights();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TModule First { get; }

    /// <summary>Where the work is done; null: on the processor.</summary>
    public Device? Device { get; }

    /// <summary>Threads for what is done on the processor between the work of the modules.</summary>
    public int Threads { get; }

    /// <summary>Tokens of what a worker learns from or evaluates at a time: little on the processor, so that all have work and it stays in the cache.</summary>
    public int Tokens => Device is null ? 1024 : 16_384;

    /// <summary>
    /// What the parts of a batch are a multiple of, so that two cores end together. Not the number of workers: what is learnt does not depend on how many there are.
    /// </summary>
    public int Parts => Device is null ? 2 : 1;

    private IEnumerable<TModule> Doubles => _workers.Where(worker => worker != First);

    /// <summary>Does <paramref name="count"/> pieces of work, each on whichever replica is free.</summary>
    public void Run(int count, Action<TModule, int> work)
    {
        FetchWeights();
        Workers.Share(count, _workers.Count, (replica, item) =>
        {
            set_num_threads(1);
            work(_workers[replica], item);
        }, _threadsOfWorkers!.Each);
    }

    /// <summary>
    /// Does pieces of work that leave gradients, and adds these up in the order of the pieces. Sums of floats depend on their order, so
    /// <see cref="First"/> has the same gradients afterwards however many replicas there are.
    /// </summary>
    public void Accumulate(int count, Action<TModule, int> work)
    {
        FetchWeights();
        if (Device is not null)
        {
            // One worker adds up its gradients by itself, and they are copied back once.
            set_num_threads(1);
            for (int item = 0; item < count; item++)
                work(_workers[0], item);
            SumGradients();
            return;
        }
        for (int start = 0; start < count; start += _workers.Count)
        {
            int first = start;
            _threadsOfWorkers!.Each(Math.Min(_workers.Count, count - start), worker =>
            {
                set_num_threads(1);
                work(_workers[worker], first + worker);
            });
            SumGradients();
        }
    }

    /// <summary>Turns dropout on or off in all modules.</summary>
    public void Train(bool on)
    {
        foreach (TModule module in _workers)
            module.train(on);
    }

    /// <summary>Spares the parameters of these names, in all modules, their gradients.</summary>
    public void Freeze(Func<string, bool> isFrozen)
    {
        foreach ((string name, Parameter parameter) in Doubles.Prepend(First).SelectMany(module => module.State()))
            parameter.requires_grad = !isFrozen(name);
    }

    private void ShareWeights()
    {
        using var quiet = no_grad();
        foreach ((Parameter owner, Parameter[] others) in _parameters)
        {
            foreach (Parameter other in others)
                other.set_(owner);
        }
    }

    private void FetchWeights()
    {
        if (Device is null)
            return;
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach ((Parameter owner, Parameter[] others) in _parameters)
            others[0].copy_(owner);
    }

    // The others have no gradients afterwards.
    private void SumGradients()
    {
        if (Device is null && _workers.Count == 1)
            return;
        Workers.Share(_parameters.Length, Threads, (_, i) =>
        {
            (Parameter first, Parameter[] others) = _parameters[i];
            using DisposeScope scope = NewDisposeScope();
            foreach (Parameter other in others)
            {
                if (other.grad is not { } gradient)
                    continue;
                torch.Tensor added = gradient.cpu();
                if (first.grad is not { } sum)
                    first.grad = added;
                else if (sum.is_sparse || added.is_sparse)
                    first.grad = sum.is_sparse && !added.is_sparse ? added.Plus(sum) : sum.Plus(added);
                else
                    TensorPrimitives.Add(sum.Values(), added.Values(), sum.Values());
                other.grad = null;
            }
        });
    }

    public void Dispose()
    {
        _threadsOfWorkers?.Dispose();
        foreach (TModule module in Doubles)
            module.Dispose();
        set_num_threads(_threads); // what else the application computes has its threads again
        FreeMemory.GiveBack();
    }
}
