using Bert.MLNet.Server.Telemetry;

namespace Bert.MLNet.Server.Scheduling;

/// <summary>One queue for the sequences of all requests, and the workers that compute them in batches. Thread-safe.</summary>
internal sealed class BatchScheduler : IDisposable
{
    private readonly object _gate = new(); // of the queue and the fields below
    private readonly SequenceQueue _queue;
    private readonly TimeProvider _clock;
    private readonly ServerMetrics _metrics;
    private readonly Thread[] _workers;
    private int _idle;
    private bool _ends;

    /// <param name="options">The limits of the queue.</param>
    /// <param name="workers">The number of batches that are computed at the same time, each by one thread.</param>
    /// <param name="clock">The time.</param>
    /// <param name="metrics">Receives the size and time of each batch.</param>
    public BatchScheduler(QueueOptions options, int workers, TimeProvider clock, ServerMetrics metrics)
    {
        _queue = new SequenceQueue(options, workers, clock);
        _clock = clock;
        _metrics = metrics;
        metrics.ObserveQueue(() => Waiting);
        _workers = [.. Enumerable.Range(0, workers).Select(i => new Thread(Work) { Name = $"bert-mlnet {i}", IsBackground = true })];
        foreach (Thread worker in _workers)
            worker.Start();
    }

    /// <summary>The number of sequences that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    /// <summary>Fails if the queue is full, before a request is tokenized unnecessarily.</summary>
    /// <exception cref="QueueFullException">The queue is full.</exception>
    public void ThrowIfFull()
    {
        lock (_gate)
            ThrowIfFull(1);
    }

    /// <summary>Computes sequences in batches, with those of other requests.</summary>
    /// <param name="lane">What computes them.</param>
    /// <param name="sequences">The sequences of one request.</param>
    /// <param name="cancellationToken">Takes those that still wait from the queue.</param>
    /// <exception cref="QueueFullException">The queue is full.</exception>
    public async Task RunAsync(Lane lane, IReadOnlyList<IQueueItem> sequences, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (sequences.Count == 0)
            return;
        var job = new SequenceJob(lane, sequences);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ends, this);
            ThrowIfFull(sequences.Count);
            _queue.Add(job);
            Monitor.PulseAll(_gate);
        }
        await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            Remove(job);
            job.Cancel(cancellationToken);
        });
        await job.Completion.ConfigureAwait(false);
    }

    /// <summary>Computes what still waits, and ends the workers.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ends = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private void Work()
    {
        while (Next() is { } batch)
        {
            long start = _clock.GetTimestamp();
            Exception? failure = batch.Run();
            TimeSpan elapsed = _clock.GetElapsedTime(start);
            lock (_gate)
                batch.Lane.Complete(batch, elapsed);
            _metrics.Computed(batch, batch.Sequences.Max(sequence => _clock.GetElapsedTime(sequence.Enqueued, start)), elapsed);
            if (failure is null)
                batch.Complete();
            else
                foreach (SequenceJob job in batch.Sequences.Select(sequence => sequence.Job).Distinct())
                    Remove(job);
        }
    }

    private SequenceBatch? Next()
    {
        lock (_gate)
        {
            _idle++;
            try
            {
                while (true)
                {
                    if (_queue.Take(_idle, drains: _ends, out TimeSpan wait) is { } batch)
                        return batch;
                    if (_ends)
                        return null;
                    Monitor.Wait(_gate, wait);
                }
            }
            finally
            {
                _idle--;
            }
        }
    }

    private void Remove(SequenceJob job)
    {
        lock (_gate)
            job.Lane.Remove(job);
    }

    private void ThrowIfFull(int more)
    {
        if (_queue.IsFull(more))
            throw new QueueFullException(_queue.ExpectedWork / _workers.Length);
    }
}
