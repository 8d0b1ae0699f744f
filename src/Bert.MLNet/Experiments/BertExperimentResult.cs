using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>The result of an experiment: the best model, and everything that was compared.</summary>
/// <remarks>Thread-safe, as its properties are immutable; for <see cref="Model"/>, the rules of ML.NET's transformers apply.</remarks>
public sealed class BertExperimentResult : IDisposable
{
    internal BertExperimentResult(
        IReadOnlyList<BertRunDetail> runs, BertRunDetail bestRun, ITransformer model, bool isTrainedOnAllRows, string? stopReason)
    {
        RunDetails = [.. runs.Where(run => !run.IsBaseline)];
        Baselines = [.. runs.Where(run => run.IsBaseline)];
        (BestRun, Model, IsTrainedOnAllRows, StopReason) = (bestRun, model, isTrainedOnAllRows, stopReason);
    }

    /// <summary>The models that were compared, in the order in which they were tried, including those that failed.</summary>
    public IReadOnlyList<BertRunDetail> RunDetails { get; }

    /// <summary>Predictions without a model, such as the most frequent label.</summary>
    public IReadOnlyList<BertRunDetail> Baselines { get; }

    /// <summary>
    /// The best run. If the metrics of a smaller and faster model are not worse by more than the standard error of the difference, this is
    /// the smaller one.
    /// </summary>
    public BertRunDetail BestRun { get; }

    /// <summary>The best model, which reads the columns of the training data except for the label. Disposed with the result.</summary>
    public ITransformer Model { get; }

    /// <summary>
    /// Whether the model was trained on all rows of the training data. Otherwise, there was no time for it, and it was trained without the
    /// first validation part.
    /// </summary>
    public bool IsTrainedOnAllRows { get; }

    /// <summary>The reason why the experiment ended before everything was compared; null if it did not.</summary>
    public string? StopReason { get; }

    /// <summary>The runs with metrics, baselines included, the best first.</summary>
    public IReadOnlyList<BertRunDetail> Leaderboard =>
        [.. RunDetails.Concat(Baselines).Where(run => run.Metric is not null)
            .OrderByDescending(run => run.IsHigherBetter ? run.Metric : -run.Metric)];

    /// <summary>Releases the memory of the model.</summary>
    public void Dispose() => (Model as IDisposable)?.Dispose();
}
