namespace Bert.MLNet.Server.Scheduling;

/// <summary>
/// What computes batches of one kind: a task of a model. Its sequences can share a batch. Guarded by the lock of the queue.
/// </summary>
/// <param name="model">The model's id, for metrics.</param>
/// <param name="task">The task's name, for metrics.</param>
/// <param name="compute">Computes a batch on the calling thread.</param>
internal sealed class Lane(string model, string task, Action<IReadOnlyList<IQueueItem>> compute)
{
    /// <summary>The weight of the last batch in <see cref="SecondsPerToken"/>.</summary>
    private const double Newest = 0.2;

    public string Model => model;

    public string Task => task;

    public Action<IReadOnlyList<IQueueItem>> Compute => compute;

    /// <summary>The sequences that wait, in the order of their turns.</summary>
    public SortedSet<QueuedSequence> Waiting { get; } = new(QueuedSequence.ByTurn);

    /// <summary>The tokens that wait.</summary>
    public long WaitingTokens { get; private set; }

    /// <summary>The number of requests with sequences that wait.</summary>
    public int WaitingJobs { get; private set; }

    /// <summary>The seconds of computing that the lane has had, or been credited with. The lane with the least is next.</summary>
    public double Served { get; set; }

    /// <summary>
    /// The lane's virtual time, in tokens: how much a request that never stopped waiting would have got. A sequence is due when the time
    /// reaches its turn.
    /// </summary>
    public double Time { get; private set; }

    /// <summary>A moving average over batches, padding included; 0 before the first.</summary>
    public double SecondsPerToken { get; private set; }

    public void Add(QueuedSequence sequence)
    {
        if (sequence.Job.Waiting.Count == 0)
            WaitingJobs++;
        sequence.Job.Waiting.Add(sequence);
        Waiting.Add(sequence);
        WaitingTokens += sequence.Length;
    }

    public void Remove(QueuedSequence sequence)
    {
        Waiting.Remove(sequence);
        WaitingTokens -= sequence.Length;
        sequence.Job.Waiting.Remove(sequence);
        if (sequence.Job.Waiting.Count == 0)
            WaitingJobs--;
    }

    /// <summary>Moves the virtual time as if the requests that wait shared these tokens equally.</summary>
    public void Advance(QueuedSequence first, long tokens) => Time = Math.Max(Time + (double)tokens / Math.Max(1, WaitingJobs), first.Turn);

    /// <summary>Removes the sequences of a request that still wait.</summary>
    public void Remove(SequenceJob job)
    {
        foreach (QueuedSequence sequence in job.Waiting.ToArray())
            Remove(sequence);
    }

    /// <summary>Learns how long a batch took.</summary>
    public void Complete(SequenceBatch batch, TimeSpan elapsed)
    {
        Served += elapsed.TotalSeconds - batch.ExpectedSeconds;
        double secondsPerToken = elapsed.TotalSeconds / batch.PaddedTokens;
        SecondsPerToken = SecondsPerToken == 0 ? secondsPerToken : (1 - Newest) * SecondsPerToken + Newest * secondsPerToken;
    }
}
