namespace Bert.MLNet.Server.Scheduling;

/// <summary>The sequences of one request, which are computed in one or several batches.</summary>
/// <param name="lane">What computes them.</param>
/// <param name="sequences">At least one sequence.</param>
internal sealed class SequenceJob(Lane lane, IReadOnlyList<IQueueItem> sequences)
{
    // A request continues on a thread of the pool: a worker has other batches to compute.
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _remaining = sequences.Count;

    public Lane Lane => lane;

    public IReadOnlyList<IQueueItem> Sequences => sequences;

    /// <summary>The sequences that still wait. Guarded by the lock of the queue.</summary>
    public HashSet<QueuedSequence> Waiting { get; } = [];

    /// <summary>Ends when all sequences are computed, with the first failure, or when the client has gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Counts a computed sequence.</summary>
    public void Computed()
    {
        if (Interlocked.Decrement(ref _remaining) == 0)
            _completion.TrySetResult();
    }

    public void Fail(Exception failure) => _completion.TrySetException(failure);

    public void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
