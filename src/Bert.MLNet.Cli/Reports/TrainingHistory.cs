using Bert.MLNet.Cli.Messages;

namespace Bert.MLNet.Cli.Reports;

/// <summary>Keeps what a training tells of itself, and passes it on.</summary>
internal sealed class TrainingHistory : IProgress<TrainingProgress>
{
    /// <summary>Updates that a point of a curve is made of, unless an epoch ends before.</summary>
    private const int UpdatesOfPoint = 50;

    private readonly List<TrainingProgress> _reports = [];
    private readonly ProgressWindow _window = new();
    private bool _isOpen;

    /// <summary>Who is told each report besides.</summary>
    public IProgress<TrainingProgress>? Next { get; set; }

    public IReadOnlyList<TrainingProgress> Reports => _reports;

    /// <summary>The ends of epochs, by which they are compared.</summary>
    public IEnumerable<TrainingProgress> Validated => _reports.Where(report => report.Metric is not null);

    /// <summary>The epoch whose weights were kept: the first of those with the highest metric; null when nothing was validated.</summary>
    public TrainingProgress? Best => Validated.MaxBy(report => report.Metric);

    public void Report(TrainingProgress value)
    {
        TrainingProgress joined = _window.Add(value);
        if (_isOpen)
            _reports[^1] = joined;
        else
            _reports.Add(joined);
        _isOpen = value.Metric is null && _window.Updates < UpdatesOfPoint;
        if (!_isOpen)
            _window.Close();
        Next?.Report(value);
    }
}
