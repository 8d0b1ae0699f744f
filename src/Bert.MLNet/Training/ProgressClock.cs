using System.Diagnostics;

namespace Bert.MLNet.Training;

/// <summary>Measures the speed of a training and estimates the remaining time.</summary>
internal sealed class ProgressClock
{
    private readonly Stopwatch _all = new(), _sinceMark = new();
    private double _doneAtStart;
    private long _rows;

    /// <summary>The number of rows per second since the last mark, without pauses.</summary>
    public double RowsPerSecond => _rows / Math.Max(_sinceMark.Elapsed.TotalSeconds, 1e-9);

    /// <param name="done">The share of the training that was completed before.</param>
    public void Restart(double done)
    {
        _doneAtStart = done;
        _all.Restart();
        Mark();
    }

    public void Count(int rows) => _rows += rows;

    public void Pause() => _sinceMark.Stop();

    public void Resume() => _sinceMark.Start();

    public void Mark()
    {
        _rows = 0;
        _sinceMark.Restart();
    }

    /// <param name="done">The completed share of the training.</param>
    public TimeSpan Remaining(double done) =>
        done > _doneAtStart ? _all.Elapsed * Math.Max(0, (1 - done) / (done - _doneAtStart)) : TimeSpan.Zero;
}
