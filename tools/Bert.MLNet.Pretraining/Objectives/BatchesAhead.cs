namespace Bert.MLNet.Pretraining;

/// <summary>
/// Makes batches on the processor's other threads before they are asked for, so that another device does not wait for them. A batch is a function of its key
/// alone. One thread asks.
/// </summary>
/// <param name="create">Makes a batch; called from several threads.</param>
internal sealed class BatchesAhead<TKey, TBatch>(Func<TKey, TBatch> create)
    where TKey : notnull
{
    private Dictionary<TKey, Task<TBatch>> _started = [];

    /// <summary>Gives a batch and begins with the ones that come next; what was begun and is not among these is forgotten.</summary>
    public TBatch Take(TKey key, IEnumerable<TKey> next)
    {
        Task<TBatch> taken = Start(key);
        _started = next.ToDictionary(later => later, Start);
        return taken.GetAwaiter().GetResult();

        Task<TBatch> Start(TKey wanted) => _started.TryGetValue(wanted, out Task<TBatch>? task) ? task : Task.Run(() => create(wanted));
    }
}
