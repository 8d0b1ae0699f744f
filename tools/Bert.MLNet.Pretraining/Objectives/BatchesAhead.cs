namespace Bert.MLNet.Pretraining;

/// <summary>
/// Creates batches in advance on other threads, so that another device does not wait for them. A batch depends only on its key. Only one
/// thread requests batches.
/// </summary>
/// <param name="create">Creates a batch; called from several threads.</param>
internal sealed class BatchesAhead<TKey, TBatch>(Func<TKey, TBatch> create)
    where TKey : notnull
{
    private Dictionary<TKey, Task<TBatch>> _started = [];

    /// <summary>Returns a batch and starts creating the next ones; others that were started are discarded.</summary>
    public TBatch Take(TKey key, IEnumerable<TKey> next)
    {
        Task<TBatch> taken = Start(key);
        _started = next.ToDictionary(later => later, Start);
        return taken.GetAwaiter().GetResult();

        Task<TBatch> Start(TKey wanted) => _started.TryGetValue(wanted, out Task<TBatch>? task) ? task : Task.Run(() => create(wanted));
    }
}
