namespace Bert.MLNet.Tests.Experiments;

/// <summary>A clock on which the same time goes by with each question, so that experiments end at the same point everywhere.</summary>
internal sealed class ManualClock(TimeSpan perQuestion) : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now += perQuestion.Ticks;

    /// <summary>A timer that is never due.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SteppedClock().CreateTimer(callback, state, dueTime, period);
}
