using System.Globalization;
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

    /// <summary>Says that a training ended before it had learnt anything; null if it did not.</summary>
    /// <param name="validates">Whether epochs are validated.</param>
    public string? Shortfall(bool validates)
    {
        if (_reports.Count == 0 || Best is not null || !validates && _reports[^1].Step > 1)
            return null;
        long updates = _reports[^1].Step;
        return string.Create(CultureInfo.InvariantCulture,
            $"Training ended after {updates} {(updates == 1 ? "update" : "updates")}, before an epoch was validated: ") +
            "the model has learnt little or nothing. Give it more time.";
    }

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
