using Bert.MLNet.DataViews;
using Bert.MLNet.Experiments;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>
/// Searches for the best model of a task within a time budget, like ML.NET's AutoML. Thread-safe: each execution is independent.
/// </summary>
/// <remarks>
/// Compared are n-grams, vectors of each checkpoint, both together, and static embeddings with linear trainers of different
/// regularization, and then trainings of the checkpoints of different lengths and learning rates. Cheap ones come first; of the trainings,
/// the better half goes on after each stage. The rest of a limited time is for longer trainings and variants of the best ones. The best
/// model is trained again on all rows.
/// </remarks>
public sealed class BertExperiment
{
    private const int DefaultSeed = 42;

    private readonly MLContext _ml;
    private readonly BertExperimentSettings _settings;
    private readonly Func<int, ExperimentTask> _createTask;

    internal BertExperiment(MLContext ml, BertExperimentSettings settings, Func<int, ExperimentTask> createTask)
    {
        settings.Check();
        (_ml, _settings, _createTask) = (ml, settings, createTask);
    }

    /// <summary>Runs the experiment.</summary>
    /// <param name="trainData">The rows to learn from. They are read several times. Rows without a label are ignored.</param>
    /// <param name="validationData">
    /// Rows by which models are compared, with the same columns; they are not trained on. Null to use a part of
    /// <paramref name="trainData"/>, or all of it by cross-validation.
    /// </param>
    /// <param name="progressHandler">
    /// Receives each run when it has new metrics or fails, on the thread of the call. Null for no reports.
    /// </param>
    /// <returns>The best model and the runs. Dispose it when the model is no longer used.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has a type that does not fit.</exception>
    /// <exception cref="InvalidOperationException">The rows contain nothing to learn, or all models failed.</exception>
    /// <exception cref="OperationCanceledException">The experiment ended before a model was compared.</exception>
    public BertExperimentResult Execute(
        IDataView trainData, IDataView? validationData = null, IProgress<BertRunDetail>? progressHandler = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        var clock = new ExperimentClock(
            _settings.Time, _settings.MaxExperimentTimeInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            _settings.CancellationToken);
        int seed = _settings.Seed ?? ContextSeed.Of(_ml) ?? DefaultSeed;
        ExperimentTask task = _createTask(seed);
        (IDataView rows, double[] labels) = Usable(task, trainData);
        if (labels.Length < 2)
            throw new InvalidOperationException(
                $"The training data has {labels.Length} rows with a label, but at least 2 are needed for comparing models.");
        task.Check(labels);
        (IDataView, double[])? validation = validationData is null ? null : Usable(task, validationData);
        if (validation is (_, []))
            throw new InvalidOperationException("No row of the validation data has a label of the training data.");
        ExperimentData data = ExperimentData.Divide(rows, labels, validation, _settings.NumberOfFolds, seed);
        using var runner = new ExperimentRunner(task, data, Models(), _settings, clock, seed, progressHandler);
        runner.Run();
        int missing = runner.Trials.Count(trial => trial.Error is TimeoutException);
        string? stopReason = clock.StopReason ?? (missing == 0 ? null : $"its time was too short for {missing} models");
        (Trial best, ITransformer model, bool isOfAllRows) = runner.Finish();
        BertRunDetail[] runs = [.. runner.Trials.Select(runner.Describe)];
        return new BertExperimentResult(
            runs, runs.First(run => run.TrainerName == best.Name && !run.IsBaseline), model, isOfAllRows, stopReason);
    }

    private (IDataView Rows, double[] Labels) Usable(ExperimentTask task, IDataView data)
    {
        IDataView prepared = _ml.Data.Cache(task.Prepare(_ml, data));
        double[] labels = task.Labels(prepared);
        return labels.Any(double.IsNaN)
            ? (new SelectedRows(prepared, row => !double.IsNaN(labels[row])), [.. labels.Where(label => !double.IsNaN(label))])
            : (prepared, labels);
    }

    private IReadOnlyList<(BertModel Model, string Name)> Models()
    {
        if (_settings.Models.Count == 0)
            return [(BertModel.Default, "")];
        // Checkpoints with the same name are numbered.
        return [.. _settings.Models.Select((model, i) => (model,
            _settings.Models.Count == 1 ? ""
            : _settings.Models.Count(other => other.Name == model.Name) > 1 ? $"{model.Name} {i + 1}" : model.Name))];
    }
}
