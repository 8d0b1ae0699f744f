namespace Bert.MLNet.Cli.Reports;

/// <summary>Keeps what a training tells of itself, and passes it on.</summary>
internal sealed class TrainingHistory : IProgress<TrainingProgress>
{
    private readonly List<TrainingProgress> _reports = [];

    /// <summary>Who is told besides.</summary>
    public IProgress<TrainingProgress>? Next { get; set; }

    public IReadOnlyList<TrainingProgress> Reports => _reports;

    /// <summary>The ends of epochs, by which they are compared.</summary>
    public IEnumerable<TrainingProgress> Validated => _reports.Where(report => report.Metric is not null);

    /// <summary>The epoch whose weights were kept: the first of those with the highest metric; null when nothing was validated.</summary>
    public TrainingProgress? Best => Validated.MaxBy(report => report.Metric);

    public void Report(TrainingProgress value)
    {
        _reports.Add(value);
        Next?.Report(value);
    }
}
