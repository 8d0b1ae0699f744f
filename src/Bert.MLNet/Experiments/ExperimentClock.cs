namespace Bert.MLNet.Experiments;

/// <summary>Measures the time of an experiment against its limit.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The time of the experiment; null for no limit.</param>
/// <param name="cancellation">Ends the experiment early.</param>
internal sealed class ExperimentClock(TimeProvider time, TimeSpan? limit, CancellationToken cancellation)
{
    /// <summary>A timer has at most about 49 days.</summary>
    private const double LongestDelay = 30 * 24 * 3600;

    private readonly long _start = time.GetTimestamp();

    public double Seconds => time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>The time that is left, in seconds; infinite without a limit.</summary>
    public double SecondsLeft => limit is { } all ? all.TotalSeconds - Seconds : double.PositiveInfinity;

    public bool HasLimit => limit is not null;

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public bool IsOver => IsCancelled || SecondsLeft <= 0;

    /// <summary>A source that is cancelled before the end of the time.</summary>
    /// <param name="reserved">The seconds that are left then.</param>
    public CancellationTokenSource Stop(double reserved) => HasLimit
        ? new(TimeSpan.FromSeconds(Math.Clamp(SecondsLeft - reserved, 0, LongestDelay)), time)
        : new();

    /// <summary>The reason why the experiment ended before everything was tried, or null.</summary>
    public string? StopReason => IsCancelled ? "it was cancelled" : SecondsLeft <= 0 ? "its time was up" : null;
}
