using System.Diagnostics;

namespace Bert.MLNet.Training;

/// <summary>How fast a training is, and how long it will take.</summary>
internal sealed class ProgressClock
{
    private readonly Stopwatch _all = new(), _sinceMark = new();
    private double _doneAtStart;
    private long _rows;

    /// <summary>Rows in a second since the last mark, pauses not counted.</summary>
    public double RowsPerSecond => _rows / Math.Max(_sinceMark.Elapsed.TotalSeconds, 1e-9);

    /// <param name="done">The share of the training that was done before.</param>
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

    /// <param name="done">The share of the training that is done.</param>
    public TimeSpan Remaining(double done) =>
        done > _doneAtStart ? _all.Elapsed * Math.Max(0, (1 - done) / (done - _doneAtStart)) : TimeSpan.Zero;
}
