namespace Bert.MLNet.Tests.Hub;

/// <summary>A clock on which every wait is over at once and noted, and silence lasts too long when a test says so.</summary>
internal sealed class TestTime : TimeProvider
{
    /// <summary>How long the hub may be silent: told from waits by its length.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly HashSet<Timer> _silences = [];
    private long _advanced;

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
                return [.. _waits];
        }
    }

    /// <summary>Lets time go by without a wait.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref _advanced, (long)(time.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _advanced);

    /// <summary>Ends the patience of all who wait for the hub now.</summary>
    public void BreakSilence()
    {
        Timer[] silences;
        lock (_lock)
            silences = [.. _silences];
        foreach (Timer silence in silences)
            silence.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (_lock)
        {
            if (dueTime == Silence)
            {
                _silences.Add(timer);
                return timer;
            }
            if (dueTime != Timeout.InfiniteTimeSpan)
                _waits.Add(dueTime);
        }
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(TestTime time, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
                ThreadPool.QueueUserWorkItem(_ => Fire());
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._silences.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
