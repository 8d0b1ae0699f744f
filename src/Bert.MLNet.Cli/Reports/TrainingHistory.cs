using Bert.MLNet.Cli.Messages;

namespace Bert.MLNet.Cli.Reports;

/// <summary>Records the reports of a training, and passes them on.</summary>
internal sealed class TrainingHistory : IProgress<TrainingProgress>
{
    /// <summary>The number of updates for each point of a curve, unless an epoch ends before.</summary>
    private const int UpdatesOfPoint = 50;

    private readonly List<TrainingProgress> _reports = [];
    private readonly ProgressWindow _window = new();
    private bool _isOpen;

    /// <summary>The next receiver of the reports.</summary>
    public IProgress<TrainingProgress>? Next { get; set; }

    public IReadOnlyList<TrainingProgress> Reports => _reports;

    /// <summary>The reports at the ends of validated epochs.</summary>
    public IEnumerable<TrainingProgress> Validated => _reports.Where(report => report.Metric is not null);

    /// <summary>The epoch whose weights were kept, the first with the highest metric, or null if there was no validation.</summary>
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
