namespace Bert.MLNet;

/// <summary>Reports the progress of a training. Immutable.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch, counted from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The number of completed updates.</summary>
    public required long Step { get; init; }

    /// <summary>The completed share of all epochs, from 0 to 1.</summary>
    public required double Done { get; init; }

    /// <summary>The mean loss of the rows since the previous report.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate of the last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The name of <see cref="Metric"/>, such as <c>MicroAccuracy</c>.</summary>
    public required string MetricName { get; init; }

    /// <summary>
    /// The metric on the validation rows, higher is better. Null except at the end of an epoch, and if there are no validation rows.
    /// </summary>
    public double? Metric { get; init; }

    /// <summary>
    /// The mean loss of the validation rows, without dropout, computed from the same outputs as <see cref="Metric"/>. Null if that is null,
    /// for metrics of generated texts, and for a teacher whose outputs the validation rows do not contain.
    /// </summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The number of training rows per second since the previous report, excluding validation.</summary>
    public required double RowsPerSecond { get; init; }

    /// <summary>The estimated time for all remaining epochs. Early stopping can shorten it.</summary>
    public required TimeSpan EstimatedTimeRemaining { get; init; }

    /// <summary>The reason if this is the last report although not all epochs are done, such as early stopping; otherwise null.</summary>
    public string? StopReason { get; init; }
}
