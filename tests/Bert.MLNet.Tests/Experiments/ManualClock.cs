namespace Bert.MLNet.Tests.Experiments;

/// <summary>A clock on which the same time goes by with each question, so that experiments end at the same point everywhere.</summary>
internal sealed class ManualClock(TimeSpan perQuestion) : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now += perQuestion.Ticks;
}
