using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Experiments;

/// <summary>Runs the trials of an experiment: baselines, trainers on vectors, and trainings of checkpoints.</summary>
/// <param name="task">The task.</param>
/// <param name="data">The rows.</param>
/// <param name="models">The checkpoints, with their names if there are several.</param>
/// <param name="settings">The settings.</param>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="seed">The seed.</param>
/// <param name="progress">Receives each trial that has new outcomes or an error.</param>
internal sealed class ExperimentRunner(
    ExperimentTask task, ExperimentData data, IReadOnlyList<(BertModel Model, string Name)> models, BertExperimentSettings settings,
    ExperimentClock clock, int seed, IProgress<BertRunDetail>? progress) : IDisposable
{
    /// <summary>The share of the remaining time for the vectors or the training of one contender.</summary>
    private const double ShareOfContender = 0.4;

    /// <summary>With more rows, a trainer on vectors is first measured on every tenth.</summary>
    private const int RowsOfSample = 2000, RowsPerSampleRow = 10;

    private readonly TrialComparison _comparison = new(task.Metrics[0]);
    private readonly VectorFeatures _vectors = new(data, task.Texts, clock, seed);
    private readonly TrialJournal _journal = new(settings.CheckpointFolder, settings.CheckpointFolder is null
        ? ""
        : TrialJournal.Fingerprint(task, data, models.Select(model => model.Model), seed));
    private readonly List<Trial> _trials = [];
    private FoldTraining? _training;

    /// <summary>All trials, in the order in which they began.</summary>
    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>Runs all trials, as far as the time permits.</summary>
    public void Run()
    {
        foreach (Baseline baseline in task.Baselines(data.Labels))
        {
            Trial trial = Begin(baseline.Name, null);
            for (int fold = 0; fold < data.Folds; fold++)
            {
                (double[] train, double[] test) = data.LabelsOf(fold);
                trial.Set(fold, baseline.Predict(train, test));
            }
            Report(trial);
        }
        var seconds = new Dictionary<(VectorKind, VectorAlgorithm), double>();
        foreach (VectorContender contender in task.VectorContenders(models))
        {
            if (clock.IsOver)
                return;
            Trial trial = Begin(contender.Name, contender);
            (VectorKind, VectorAlgorithm) kind = (contender.Features, contender.Trainer.Algorithm);
            double trained = Try(trial, contender, seconds.GetValueOrDefault(kind));
            seconds[kind] = Math.Max(seconds.GetValueOrDefault(kind), trained);
        }
        if (!settings.FineTunes || clock.IsOver)
            return;
        Trial? incumbent = Best();
        _training = new FoldTraining(task, data, clock, seed, _journal, settings.CheckpointFolder);
        var search = new FineTuningSearch(task, data, clock, _training, contender => Begin(contender.Name, contender), Report);
        BertPrecision precision = settings.Precision ?? FasterPrecision();
        search.Run(task.FineTunings(models, data).Select(contender => contender with { Precision = precision }), incumbent);
    }

    /// <summary>Trains the best contender again on all rows.</summary>
    /// <returns>The trial of the best contender, its model, and whether the model was trained on all rows.</returns>
    /// <exception cref="OperationCanceledException">No contender has been compared.</exception>
    /// <exception cref="InvalidOperationException">All contenders failed.</exception>
    public (Trial Best, ITransformer Model, bool IsOfAllRows) Finish()
    {
        List<Trial> left = [.. _trials];
        while (_comparison.Choose(left) is { } best)
        {
            if (Finish(best) is { } model)
                return (best, new TransformerChain<ITransformer>([.. model.Steps]), model.IsOfAllRows);
            left.Remove(best);
        }
        Exception? error = _trials.Select(trial => trial.Error)
            .FirstOrDefault(error => error is not (null or TimeoutException or OperationCanceledException));
        throw error is not null
            ? new InvalidOperationException($"All contenders failed. The first error is: {error.Message}", error)
            : new OperationCanceledException(
                "The experiment ended before any contender was compared. Give it more time: " +
                $"{nameof(BertExperimentSettings.MaxExperimentTimeInSeconds)}.");
    }

    public void Dispose()
    {
        foreach (Trial trial in _trials)
            trial.Dispose();
        _training?.Dispose();
    }

    /// <summary>Describes a trial for the user.</summary>
    public BertRunDetail Describe(Trial trial)
    {
        double[][] rows = trial.HasOutcomes ? trial.Rows() : [];
        return new BertRunDetail
        {
            TrainerName = trial.Name,
            MetricName = task.Metrics[0].Name,
            IsHigherBetter = task.Metrics[0].IsHigherBetter,
            Metrics = rows.Length == 0 ? [] : task.Metrics.ToDictionary(metric => metric.Name, metric => metric.Compute(rows)),
            StandardError = rows.Length == 0 ? null : task.Metrics[0].StandardError(rows),
            ValidationRows = rows.Length,
            RuntimeInSeconds = trial.Seconds,
            MillisecondsPerPrediction = trial.MillisecondsPerPrediction,
            IsBaseline = trial.Contender is null,
            Exception = trial.Error,
            Epochs = (trial.Contender as FineTuningContender)?.Epochs(data.TrainingCount) ?? 0,
            Contender = Calibrated(trial),
        };
    }

    /// <summary>Trains and predicts all folds.</summary>
    /// <returns>The time without that for vectors, which are computed once, in seconds.</returns>
    private double Try(Trial trial, VectorContender contender, double expected)
    {
        var ml = new MLContext(seed);
        using CancellationTokenRegistration stop = settings.CancellationToken.Register(ml.CancelExecution);
        // A contender is trained however long it takes if there is no model so far.
        using CancellationTokenSource end = Best() is { } best ? clock.Stop(SecondsOfLast(best)) : new();
        using CancellationTokenRegistration late = end.Token.Register(ml.CancelExecution);
        double start = clock.Seconds, trainingStart = start;
        try
        {
            CheckTime(expected);
            for (int fold = 0; fold < data.Folds; fold++)
            {
                if (clock.IsOver)
                    throw new OperationCanceledException("The experiment ended during its training.");
                if (_journal.Restore(trial, fold, share: 1))
                    continue;
                VectorView view = _vectors.Get(contender, ShareOfContender);
                if (fold == 0)
                    trainingStart = clock.Seconds;
                int rows = data.Count - (data.Validation is null ? data.LabelsOf(fold).Test.Length : 0);
                if (fold == 0 && expected == 0)
                    CheckTime(SecondsBySample(ml, contender, view));
                double fitted = clock.Seconds;
                ITransformer model = task.Trainer(ml, contender, rows).Fit(data.Train(view.Rows, fold));
                double begun = clock.Seconds;
                trial.FitSeconds = Math.Max(trial.FitSeconds, begun - fitted);
                double[][] outcomes = task.Outcomes(model.Transform(data.Test(view.Rows, view.Validation, fold)));
                trial.MillisecondsPerPrediction = view.MillisecondsPerRow + 1000 * (clock.Seconds - begun) / outcomes.Length;
                trial.Set(fold, outcomes);
                _journal.Add(trial, fold, share: 1);
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Outcomes of some folds are better than no model.
            bool isOnly = error is OperationCanceledException && trial.Folds.Count > 0
                && _trials.All(other => other == trial || other.Contender is null || !other.HasOutcomes);
            if (!isOnly)
                trial.Error = error;
        }
        trial.Seconds += clock.Seconds - start;
        Report(trial);
        return clock.Seconds - trainingStart;
    }

    private Trial? Best() => _comparison.Leader(_trials.Where(trial => trial.Contender is not null));

    private void CheckTime(double seconds)
    {
        if (seconds > ShareOfContender * clock.SecondsLeft)
            throw new TimeoutException($"It needs about {Math.Ceiling(seconds)} seconds, and there are not that many left.");
    }

    /// <summary>
    /// Trains on a small part of many rows, and returns the time that all would take: not all of ML.NET's trainers can be stopped.
    /// </summary>
    private double SecondsBySample(MLContext ml, VectorContender contender, VectorView view)
    {
        if (!clock.HasLimit || data.Folds > 1 || data.Count < RowsOfSample || Best() is null)
            return 0;
        var sample = new SelectedRows(view.Rows, row => row % RowsPerSampleRow == 0);
        double start = clock.Seconds;
        task.Trainer(ml, contender, data.Count / RowsPerSampleRow).Fit(sample);
        return RowsPerSampleRow * (clock.Seconds - start);
    }

    private double SecondsOfLast(Trial vectors) => vectors.FitSeconds * data.Count / data.TrainingCount;

    private (IReadOnlyList<ITransformer> Steps, bool IsOfAllRows)? Finish(Trial best)
    {
        var ml = new MLContext(seed);
        if (best.Contender is VectorContender vectors)
        {
            VectorView view;
            try
            {
                view = _vectors.Get(vectors, double.PositiveInfinity);
            }
            catch (OperationCanceledException)
            {
                return null; // its outcomes are those of an earlier run, and there was no time for its vectors
            }
            ITransformer trained = task.Trainer(ml, vectors, data.Count).Fit(view.Rows);
            return ([.. view.Steps, trained, .. task.LastSteps(ml, trained.Transform(view.Rows))], true);
        }
        var contender = (FineTuningContender)Calibrated(best)!;
        if (data.Validation is not null && best.Share == 1 && best.Take() is { } whole)
            return (WithLastSteps(whole), true);
        if (clock.IsCancelled || _training!.SecondsOnAllRows(contender) > clock.SecondsLeft)
            return best.Take() is { } kept ? (WithLastSteps(kept), false) : null;
        using var run = new FineTuningRun(clock, share: 1, reserve: 0, reserved: 0);
        ITransformer model = task.FineTune(ml, contender, run, contender.Epochs(data.TrainingCount), data.Rows);
        bool isWhole = !run.Token.IsCancellationRequested;
        if (!isWhole && best.Take() is { } better)
        {
            (model as IDisposable)?.Dispose();
            return (WithLastSteps(better), false);
        }
        return (WithLastSteps(model), isWhole);

        IReadOnlyList<ITransformer> WithLastSteps(ITransformer model) => [model, .. task.LastSteps(ml, model.Transform(data.Rows))];
    }

    /// <summary>The contender with what its validation has shown about the training on all rows.</summary>
    private static Contender? Calibrated(Trial trial) =>
        trial.Contender is FineTuningContender training ? training with { Temperature = trial.Temperature } : trial.Contender;

    private static BertPrecision FasterPrecision()
    {
        try
        {
            TorchRuntime.EnsureLoaded();
        }
        catch (DllNotFoundException)
        {
            return BertPrecision.Full; // each training says what is missing
        }
        return BFloat16Products.AreFaster ? BertPrecision.BFloat16 : BertPrecision.Full;
    }

    private Trial Begin(string name, Contender? contender)
    {
        var trial = new Trial(name, contender);
        _trials.Add(trial);
        return trial;
    }

    private void Report(Trial trial) => progress?.Report(Describe(trial));
}
