using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>Trains checkpoints on the folds of an experiment, and learns from it how long a training takes.</summary>
/// <param name="task">The task.</param>
/// <param name="data">The rows.</param>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="seed">The seed.</param>
/// <param name="journal">The outcomes of an earlier run.</param>
/// <param name="folder">The folder for checkpoints that are kept; null for a temporary one.</param>
internal sealed class FoldTraining(
    ExperimentTask task, ExperimentData data, ExperimentClock clock, int seed, TrialJournal journal, string? folder) : IDisposable
{
    /// <summary>A last training that takes a little longer than estimated must not fail at its end.</summary>
    private const double Margin = 1.1;

    private readonly TrainingFolders _folders = new(folder);
    private readonly Dictionary<string, Speed> _speeds = [];

    /// <summary>The estimated time of training a contender on all rows in seconds; null if it was never trained.</summary>
    public double? SecondsOnAllRows(FineTuningContender contender) => _speeds.TryGetValue(contender.SpeedKey, out Speed speed)
        ? SecondsOf(contender, speed, data.Count) + speed.Overhead
        : null;

    /// <summary>The time to reserve for the last training of a trial if it is the best, in seconds.</summary>
    public double SecondsOfLast(Trial trial) => trial.Contender is not FineTuningContender contender
        ? Margin * trial.FitSeconds * data.Count / data.TrainingCount
        : data.Validation is not null && trial.Share == 1
        ? 0
        : Margin * SecondsOnAllRows(contender) ?? 0;

    /// <summary>Whether there is time for the next fold or the rest of a training, and for the last training after it.</summary>
    /// <param name="trial">The trial of the contender; null if it was not tried.</param>
    /// <param name="contender">The contender.</param>
    /// <param name="reserved">The time for the last training of the best trial so far, in seconds.</param>
    public bool Fits(Trial? trial, FineTuningContender contender, double reserved)
    {
        if (!_speeds.TryGetValue(contender.SpeedKey, out Speed speed))
            return true;
        double done = data.Folds == 1 && trial is { Folds.Count: 1 } ? trial.Share : 0;
        double all = SecondsOf(contender, speed, data.TrainingCount);
        return all * (1 - done) + speed.Overhead + Math.Max(ReserveAfter(share: 1) * all, reserved) <= clock.SecondsLeft;
    }

    /// <summary>Trains and predicts a fold, unless it is known from an earlier run.</summary>
    /// <param name="trial">The trial of the contender.</param>
    /// <param name="contender">The contender.</param>
    /// <param name="fold">The fold.</param>
    /// <param name="share">The share of the updates after which the training pauses, from 0 to 1.</param>
    /// <param name="end">The time until which the training may take, in seconds since the start of the experiment.</param>
    /// <param name="reserved">The time that must remain after it, in seconds.</param>
    /// <exception cref="TimeoutException">There is not enough time; the message says how much is needed.</exception>
    /// <exception cref="OperationCanceledException">The experiment ended.</exception>
    public void Run(Trial trial, FineTuningContender contender, int fold, double share, double end, double reserved)
    {
        if (journal.Restore(trial, fold, share))
            return;
        int rows = data.TrainingCount, epochs = contender.Epochs(rows);
        double done = fold < trial.Folds.Count ? trial.Share : 0, reserve = ReserveAfter(share);
        if (_speeds.TryGetValue(contender.SpeedKey, out Speed speed))
        {
            double all = SecondsOf(contender, speed, rows), needed = all * (share - done) + speed.Overhead;
            if (clock.Seconds + needed > end || needed + Math.Max(reserve * all, reserved) > clock.SecondsLeft)
                throw NotEnoughTime(all);
        }
        using var run = new FineTuningRun(clock, share, reserve, reserved)
        {
            CheckpointFolder = share < 1 || done > 0 ? _folders.Of($"{contender.Name} {contender.Precision}") : null,
        };
        double start = clock.Seconds;
        ITransformer model = task.FineTune(new MLContext(seed), contender, run, epochs, data.Train(data.Rows, fold));
        double? seconds = run.SecondsOfAll ?? (run.Done > done ? (clock.Seconds - start) / (run.Done - done) : null);
        if (seconds is { } measured)
            _speeds[contender.SpeedKey] = speed = speed with { SecondsPerRow = measured / (rows * epochs) };
        if (run.IsTooSlow || clock.IsOver)
        {
            (model as IDisposable)?.Dispose();
            throw run.IsTooSlow && seconds is { } needs
                ? NotEnoughTime(needs)
                : new OperationCanceledException("The experiment ended during its training.");
        }
        double predicting = clock.Seconds;
        (double[][] outcomes, double temperature) = task.Calibrated(
            contender, model.Transform(data.Test(data.Rows, data.Validation, fold)));
        trial.MillisecondsPerPrediction = 1000 * (clock.Seconds - predicting) / outcomes.Length;
        if (seconds is { } trained)
        {
            double overhead = clock.Seconds - start - trained * (run.Done - done);
            _speeds[contender.SpeedKey] = speed with { Overhead = Math.Max(speed.Overhead, overhead) };
        }
        trial.Set(fold, outcomes, temperature);
        journal.Add(trial, fold, share);
        if (fold == 0)
            trial.Keep(task.Calibrate(model, temperature));
        else
            (model as IDisposable)?.Dispose();
    }

    public void Dispose() => _folders.Dispose();

    /// <summary>
    /// The time that must remain after a share of a training, as a share of that training's time: for training on all rows or, if there are
    /// separate rows for validation, for the rest of the updates.
    /// </summary>
    private double ReserveAfter(double share) =>
        Margin * (data.Validation is null ? (double)data.Count / data.TrainingCount : 1 - share);

    private double SecondsOf(FineTuningContender contender, Speed speed, int rows) =>
        speed.SecondsPerRow * rows * contender.Epochs(data.TrainingCount);

    private TimeoutException NotEnoughTime(double seconds) => new(
        $"Its training needs about {Math.Ceiling(seconds)} seconds{(data.Validation is null ? ", and again as many on all rows" : "")}; " +
        "there are not that many left.");

    /// <summary>The time of trainings.</summary>
    /// <param name="SecondsPerRow">The time for a row in an epoch.</param>
    /// <param name="Overhead">The time for a fold that does not depend on the number of epochs.</param>
    private readonly record struct Speed(double SecondsPerRow, double Overhead);
}
