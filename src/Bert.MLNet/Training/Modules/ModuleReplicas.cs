using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Modules with shared weights but separate gradients, so that several threads can work on one update. Each uses one thread inside an
/// operation: on a busy machine this is faster than libtorch's own threads, which wait for each other in every operation. Alternatively,
/// one module on another device, which copies the weights before it works and whose gradients are copied back. The first module, which
/// owns the weights and the optimizer's state, is always on the processor.
/// </summary>
internal sealed class ModuleReplicas<TModule> : IDisposable
    where TModule : Module
{
    private readonly List<TModule> _workers = [];
    private readonly WorkerThreads? _threadsOfWorkers;
    private readonly (Parameter First, Parameter[] Others)[] _parameters;
    private readonly int _threads = get_num_threads();

    /// <param name="first">The module that owns the weights.</param>
    /// <param name="create">Creates another module of the same shape.</param>
    /// <param name="count">The number of threads and of modules on the processor, including <paramref name="first"/>.</param>
    /// <param name="device">The device of a single module that works instead of them; null to work on the processor.</param>
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
            IReadOnlyList<(string Name, Parameter Parameter)>[] states = [.. OtherWorkers.Select(module => module.State())];
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

    /// <summary>The device that does the work; null for the processor.</summary>
    public Device? Device { get; }

    /// <summary>The number of threads for work on the processor between the work of the modules.</summary>
    public int Threads { get; }

    /// <summary>
    /// The number of tokens that a worker trains on or evaluates at a time. On the processor it is small, so that all workers are busy
    /// and the data stays in the cache.
    /// </summary>
    public int Tokens => Device is null ? 1024 : 16_384;

    /// <summary>
    /// The number that the parts of a batch are a multiple of, so that two cores finish together. It is not the number of workers,
    /// because the result must not depend on it.
    /// </summary>
    public int Parts => Device is null ? 2 : 1;

    private IEnumerable<TModule> OtherWorkers => _workers.Where(worker => worker != First);

    /// <summary>Runs <paramref name="count"/> pieces of work, each on the next free replica.</summary>
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
    /// Runs pieces of work that compute gradients, and adds these up in the order of the pieces. Since the sum of floats depends on
    /// the order, <see cref="First"/> has the same gradients for any number of replicas.
    /// </summary>
    public void Accumulate(int count, Action<TModule, int> work)
    {
        FetchWeights();
        if (Device is not null)
        {
            // A single worker accumulates its gradients itself, and they are copied back once.
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

    /// <summary>Disables the gradients of the given parameters in all modules.</summary>
    public void Freeze(Func<string, bool> isFrozen)
    {
        foreach ((string name, Parameter parameter) in OtherWorkers.Prepend(First).SelectMany(module => module.State()))
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

    // Afterwards, the other modules have no gradients.
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
        foreach (TModule module in OtherWorkers)
            module.Dispose();
        set_num_threads(_threads); // restores the threads for the rest of the application
        FreeMemory.Release();
    }
}
