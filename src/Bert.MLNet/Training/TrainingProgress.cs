namespace Bert.MLNet;

/// <summary>Where a training stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates done.</summary>
    public required long Step { get; init; }

    /// <summary>The share of all epochs that is done, 0 to 1.</summary>
    public required double Done { get; init; }

    /// <summary>The mean loss of the rows since the report before.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate of the last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The name of <see cref="Metric"/>, such as <c>MicroAccuracy</c>.</summary>
    public required string MetricName { get; init; }

    /// <summary>How good the model is on the validation rows, more is better; null but at the end of an epoch, and where there are none.</summary>
    public double? Metric { get; init; }

    /// <summary>Rows trained on in a second, since the report before; validation not counted.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The time that all remaining epochs would take; early stopping may make it less.</summary>
    public required TimeSpan EstimatedTimeRemaining { get; init; }

    /// <summary>Why this report is the last though not all epochs are done, such as early stopping; otherwise null.</summary>
    public string? StopReason { get; init; }
}
