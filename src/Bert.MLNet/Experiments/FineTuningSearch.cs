using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>
/// Compares trainings of checkpoints by successive halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943): after each stage, the better
/// half goes on.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="data">The rows.</param>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="seed">The seed.</param>
/// <param name="journal">The outcomes of an earlier run.</param>
/// <param name="folder">The folder for checkpoints that are kept; null for a temporary one.</param>
/// <param name="report">Receives each trial that has new outcomes or an error.</param>
internal sealed class FineTuningSearch(
    ExperimentTask task, ExperimentData data, ExperimentClock clock, int seed, TrialJournal journal, string? folder, Action<Trial> report)
    : IDisposable
{
    private readonly TrialComparison _comparison = new(task.Metrics[0]);
    private readonly TrainingFolders _folders = new(folder);
    private readonly Dictionary<string, double> _secondsPerRow = [];

    /// <summary>Runs all stages, as far as the time permits.</summary>
    /// <param name="trials">The trials of the contenders, the shortest first.</param>
    /// <param name="incumbent">The best trial so far, or null.</param>
    public void Run(IReadOnlyList<Trial> trials, Trial? incumbent)
    {
        IReadOnlyList<FineTuningStage> stages = FineTuningStage.Of(data.Folds);
        List<Trial> left = [.. trials];
        foreach ((int i, FineTuningStage stage) in stages.Index())
        {
            // Each stage may use the same part of the time, with the last training on all rows.
            double end = clock.Seconds + clock.SecondsLeft / (stages.Count - i + 1);
            foreach (Trial trial in left)
            {
                if (clock.IsOver)
                    break;
                Train(trial, (FineTuningContender)trial.Contender!, stage, end);
                Trial? leader = _comparison.Leader(trials.Where(other => other.Model is not null));
                foreach (Trial other in trials.Where(other => other != leader))
                    other.Dispose(); // one model in memory is enough
            }
            Trial[] done = [.. left.Where(trial => trial.HasOutcomes && trial.Folds.Count == stage.Folds && trial.Share >= stage.Share)];
            double Gain(Trial trial) => task.Metrics[0].Gain(trial.Rows(stage.Folds));
            left = [.. done.OrderByDescending(Gain).Take((done.Length + 1) / 2)
                .Where(trial => stage.Share < 1 || incumbent is null || !_comparison.IsClearlyWorse(trial, incumbent))
                .OrderBy(trial => trials.Index().First(other => other.Item == trial).Index)];
        }
    }

    /// <summary>The estimated time of training a contender on all rows in seconds; null if it was never trained.</summary>
    public double? SecondsOnAllRows(FineTuningContender contender) =>
        _secondsPerRow.TryGetValue(contender.SpeedKey, out double seconds)
            ? seconds * data.Count * contender.Epochs(data.TrainingCount)
            : null;

    public void Dispose() => _folders.Dispose();

    private void Train(Trial trial, FineTuningContender contender, FineTuningStage stage, double end)
    {
        double start = clock.Seconds;
        try
        {
            for (int fold = stage.FirstFold; fold < stage.Folds; fold++)
            {
                if (journal.Find(trial, fold, stage.Share) is { } known)
                    trial.Set(fold, known);
                else
                    TrainFold(trial, contender, fold, stage.Share, end);
            }
            trial.Share = stage.Share;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A training that goes on keeps the outcomes of its earlier stage.
            if (trial.Folds.Count == 0)
                trial.Error = error;
        }
        trial.Seconds += clock.Seconds - start;
        report(trial);
    }

    private void TrainFold(Trial trial, FineTuningContender contender, int fold, double share, double end)
    {
        int rows = data.TrainingCount, epochs = contender.Epochs(rows);
        double done = fold < trial.Folds.Count ? trial.Share : 0, reserve = (double)data.Count / rows;
        if (_secondsPerRow.TryGetValue(contender.SpeedKey, out double speed))
        {
            double all = speed * rows * epochs, needed = all * (share - done);
            if (clock.Seconds + needed > end || needed + all * reserve > clock.SecondsLeft)
                throw NotEnoughTime(all);
        }
        using var run = new FineTuningRun(clock, share, reserve)
        {
            CheckpointFolder = share < 1 || done > 0 ? _folders.Of(contender.Name) : null,
        };
        double start = clock.Seconds;
        ITransformer model = task.FineTune(new MLContext(seed), contender, run, epochs, data.Train(data.Rows, fold));
        double? seconds = run.SecondsOfAll ?? (run.Done > done ? (clock.Seconds - start) / (run.Done - done) : null);
        if (seconds is { } measured)
            _secondsPerRow[contender.SpeedKey] = measured / (rows * epochs);
        if (run.IsTooSlow || clock.IsOver)
        {
            (model as IDisposable)?.Dispose();
            throw run.IsTooSlow && seconds is { } needs
                ? NotEnoughTime(needs)
                : new OperationCanceledException("The experiment ended during its training.");
        }
        start = clock.Seconds;
        double[][] outcomes = task.Outcomes(model.Transform(data.Test(data.Rows, data.Validation, fold)));
        trial.MillisecondsPerPrediction = 1000 * (clock.Seconds - start) / outcomes.Length;
        trial.Set(fold, outcomes);
        journal.Add(trial, fold, share);
        if (fold == 0)
            trial.Keep(model);
        else
            (model as IDisposable)?.Dispose();
    }

    private static TimeoutException NotEnoughTime(double seconds) =>
        new($"Its training needs about {Math.Ceiling(seconds)} seconds, and there are not that many left.");
}
