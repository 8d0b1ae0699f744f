namespace Bert.MLNet.Server.Scheduling;

/// <summary>The sequences of all requests that wait, and the order in which they are computed. Guarded by the lock of its user.</summary>
/// <remarks>
/// <para>
/// The lane with the least time of computing is next, so that models share the workers equally, however many requests each has. A lane
/// that had nothing to do gains no claim by it.
/// </para>
/// <para>
/// In a lane, requests share the workers equally, by the virtual time of weighted fair queueing: the sequences of a request are due one
/// after the other, so that a request of a thousand sequences, or a document of a hundred windows, does not hold up a later one of a
/// single sequence, nor do later ones hold it up forever.
/// </para>
/// </remarks>
/// <param name="options">The limits.</param>
/// <param name="workers">The number of workers that share what waits, busy or idle.</param>
/// <param name="clock">The time.</param>
internal sealed class SequenceQueue(QueueOptions options, int workers, TimeProvider clock)
{
    /// <summary>
    /// The least share of a worker in tokens. Smaller batches cost more for each token: the weights are read from memory for each batch.
    /// </summary>
    private const long LeastShare = 64;

    private readonly HashSet<Lane> _lanes = [];
    private long _order;
    private double _served;

    /// <summary>The number of sequences that wait.</summary>
    public int Count => _lanes.Sum(lane => lane.Waiting.Count);

    /// <summary>The time that one worker needs for all that waits, as far as it is known.</summary>
    public TimeSpan ExpectedWork => TimeSpan.FromSeconds(_lanes.Sum(lane => lane.WaitingTokens * lane.SecondsPerToken));

    /// <summary>Whether this many sequences more do not fit. Any number fits an empty queue.</summary>
    public bool IsFull(int more = 1) => Count is > 0 and int count && count + more > options.Length;

    /// <summary>Adds the sequences of a request.</summary>
    public void Add(SequenceJob job)
    {
        Lane lane = job.Lane;
        if (lane.Waiting.Count == 0)
            lane.Served = Math.Max(lane.Served, _served);
        _lanes.Add(lane);
        double turn = lane.Time;
        long now = clock.GetTimestamp();
        foreach (IQueueItem sequence in job.Sequences)
        {
            var queued = new QueuedSequence(job, sequence, turn, _order++, now);
            lane.Add(queued);
            turn += queued.Length;
        }
    }

    /// <summary>Removes and returns the next batch, or null if none is due.</summary>
    /// <param name="idleWorkers">
    /// The number of workers that have nothing to do, which share what waits. The last one shares it with those that are busy.
    /// </param>
    /// <param name="drains">Whether nothing waits for more, because no more will come.</param>
    /// <param name="wait">If there is no batch: the time until one is due, or infinite if nothing waits.</param>
    public SequenceBatch? Take(int idleWorkers, bool drains, out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        Lane? next = null;
        foreach (Lane lane in _lanes.Where(lane => lane.Waiting.Count > 0))
        {
            TimeSpan due = drains ? TimeSpan.Zero : DueIn(lane);
            if (due > TimeSpan.Zero)
                wait = wait == Timeout.InfiniteTimeSpan || due < wait ? due : wait;
            else if (next is null || lane.Served < next.Served)
                next = lane;
        }
        return next is null ? null : TakeFrom(next, idleWorkers);
    }

    private TimeSpan DueIn(Lane lane)
    {
        if (options.MaxDelay == TimeSpan.Zero || lane.WaitingTokens >= options.TokenBudget)
            return TimeSpan.Zero;
        return options.MaxDelay - clock.GetElapsedTime(lane.Waiting.Min!.Enqueued);
    }

    private static long ShareOf(Lane lane, int workers) => (lane.WaitingTokens + workers - 1) / workers;

    private SequenceBatch TakeFrom(Lane lane, int idleWorkers)
    {
        // If the only idle worker took all that waits, the others would have nothing to do when they are ready a moment later.
        long share = workers == 1 ? options.TokenBudget
            : idleWorkers > 1 ? ShareOf(lane, idleWorkers)
            : Math.Max(LeastShare, ShareOf(lane, workers));
        IReadOnlyList<QueuedSequence> sequences = BatchSelection.Of(lane.Waiting, Math.Min(share, options.TokenBudget));
        QueuedSequence first = lane.Waiting.Min!;
        lane.Advance(first, sequences.Sum(sequence => (long)sequence.Length));
        foreach (QueuedSequence sequence in sequences)
            lane.Remove(sequence);
        double seconds = SequenceBatch.PaddedSize(sequences) * lane.SecondsPerToken;
        _served = lane.Served;
        lane.Served += seconds;
        return new SequenceBatch(lane, sequences, seconds);
    }
}
