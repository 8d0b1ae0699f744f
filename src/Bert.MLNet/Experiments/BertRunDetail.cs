using Bert.MLNet.Experiments;

namespace Bert.MLNet;

/// <summary>One of the models that an experiment compared, or a baseline. Immutable.</summary>
public sealed class BertRunDetail
{
    internal BertRunDetail()
    {
    }

    /// <summary>The description of the model, such as <c>embeddings, LBFGS, L2 0.3</c>; unique in an experiment.</summary>
    public required string TrainerName { get; init; }

    /// <summary>The name of the metric that chooses the best model.</summary>
    public required string MetricName { get; init; }

    /// <summary>The metrics on the validation rows, under ML.NET's names; empty if there are none.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The metric that chooses the best model; null if the model was not validated.</summary>
    public double? Metric => Metrics.TryGetValue(MetricName, out double metric) ? metric : null;

    /// <summary>The standard error of <see cref="Metric"/>, from 200 bootstrap resamples of the validation rows.</summary>
    public required double? StandardError { get; init; }

    /// <summary>The number of rows that were predicted by models that had not seen them.</summary>
    public required int ValidationRows { get; init; }

    /// <summary>The time of training and validation, in seconds.</summary>
    public required double RuntimeInSeconds { get; init; }

    /// <summary>The time of a prediction in milliseconds, in batches on all cores; null if it was not measured.</summary>
    public required double? MillisecondsPerPrediction { get; init; }

    /// <summary>Whether this is a baseline, which is never chosen.</summary>
    public required bool IsBaseline { get; init; }

    /// <summary>
    /// The error that ended the run, or null. A <see cref="TimeoutException"/> says how much time was missing, and an
    /// <see cref="OperationCanceledException"/> that the experiment ended during the run.
    /// </summary>
    public required Exception? Exception { get; init; }

    internal bool IsHigherBetter { get; init; }

    /// <summary>The number of epochs of a training; 0 for another contender.</summary>
    internal int Epochs { get; init; }

    internal Contender? Contender { get; init; }

    /// <summary>Returns the name with the metric.</summary>
    public override string ToString() => Metric is { } metric
        ? $"{TrainerName}: {MetricName} {metric:F4} ± {StandardError:F4}"
        : $"{TrainerName}: {Exception?.Message ?? "not run"}";
}
