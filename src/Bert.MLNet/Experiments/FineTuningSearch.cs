namespace Bert.MLNet.Experiments;

/// <summary>
/// Compares trainings of checkpoints by successive halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943): after each stage, the better
/// half goes on. The time that is then left is for those that did not fit into their stage, and for variants of the best ones, as long as
/// these improve on them.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="data">The rows.</param>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="training">Trains the folds.</param>
/// <param name="begin">Adds the trial of a contender to the experiment.</param>
/// <param name="report">Receives each trial that has new outcomes or an error.</param>
internal sealed class FineTuningSearch(
    ExperimentTask task, ExperimentData data, ExperimentClock clock, FoldTraining training, Func<FineTuningContender, Trial> begin,
    Action<Trial> report)
{
    private readonly TrialComparison _comparison = new(task.Metrics[0]);
    private readonly IReadOnlyList<FineTuningStage> _stages = FineTuningStage.Of(data.Folds);
    private readonly List<Trial> _trials = [];
    private readonly HashSet<Trial> _postponed = [], _behind = [];
    private Trial? _incumbent;

    /// <summary>Runs all stages, as far as the time permits, and uses the rest of a limited time as long as it pays.</summary>
    /// <param name="contenders">The contenders, the shortest first.</param>
    /// <param name="incumbent">The best trial so far, or null.</param>
    public void Run(IEnumerable<FineTuningContender> contenders, Trial? incumbent)
    {
        _incumbent = incumbent;
        _trials.AddRange(contenders.Select(begin));
        Halve();
        if (!clock.HasLimit)
            return;
        while (!clock.IsOver && Next() is { } trial)
        {
            Race(trial);
            _postponed.Remove(trial);
            _behind.Remove(trial);
        }
        foreach (Trial trial in _behind)
        {
            trial.Error = new TimeoutException("Shorter trainings of its kind were clearly worse than others, and no time is left for it.");
            report(trial);
        }
    }

    /// <summary>
    /// The training for the time that is left: one that was postponed, one whose kind was behind, a variant of the best ones, and last of
    /// all one whose kind stayed behind after a whole training. Null if none of them fits.
    /// </summary>
    private Trial? Next()
    {
        double reserved = Reserved();
        IEnumerable<Trial> Fitting(IEnumerable<Trial> trials) => trials.Where(trial => training.Fits(trial, Of(trial), reserved));
        return Fitting(_postponed).MaxBy(trial => trial.Folds.Count)
            ?? Fitting(_behind).FirstOrDefault(trial => !IsHopeless(trial))
            ?? Variant(reserved)
            ?? Fitting(_behind).FirstOrDefault();
    }

    /// <summary>Whether the kind and checkpoint were clearly worse than others with at most as many updates.</summary>
    private bool IsBehind(Trial trial) => LeaderOfKind(trial, _trials) is { } own
        && _comparison.IsClearlyWorse(own, _comparison.Leader(_trials.Where(other => Of(other).Updates <= Of(own).Updates))!);

    private bool IsHopeless(Trial trial) => LeaderOfKind(trial, _trials.Where(other => other.Share == 1)) is { } own
        && _comparison.IsClearlyWorse(own, Best()!);

    private Trial? LeaderOfKind(Trial trial, IEnumerable<Trial> trials) =>
        _comparison.Leader(trials.Where(other => Group(other) == Group(trial)));

    private void Halve()
    {
        List<Trial> left = [.. _trials];
        foreach ((int i, FineTuningStage stage) in _stages.Index())
        {
            // Each stage may use the same part of the time, with the last training on all rows.
            double end = clock.Seconds + clock.SecondsLeft / (_stages.Count - i + 1);
            foreach (Trial trial in left.TakeWhile(_ => !clock.IsOver))
            {
                if (i == 0 && clock.HasLimit && IsBehind(trial))
                    _behind.Add(trial);
                else
                    Train(trial, stage, end);
            }
            Trial[] done = [.. left.Where(trial => trial.HasOutcomes && trial.Folds.Count == stage.Folds && trial.Share >= stage.Share)];
            double Gain(Trial trial) => task.Metrics[0].Gain(trial.Rows(stage.Folds));
            left = [.. done.OrderByDescending(Gain).Take((done.Length + 1) / 2)
                .Where(trial => stage.Share < 1 || _incumbent is null || !_comparison.IsClearlyWorse(trial, _incumbent))
                .OrderBy(_trials.IndexOf)];
        }
    }

    /// <summary>
    /// Trains a trial as far as it is not clearly worse than the best one, which saves the time of the other folds (Maron and Moore, 1993,
    /// Hoeffding races).
    /// </summary>
    private void Race(Trial trial)
    {
        foreach (FineTuningStage stage in _stages.Where(stage => stage.Share == 1))
        {
            bool isWhole = trial.HasOutcomes && trial.Share == 1;
            if (clock.IsOver || isWhole && Best() is { } best && _comparison.IsClearlyWorse(trial, best))
                return;
            if (!(isWhole && trial.Folds.Count >= stage.Folds) && !Train(trial, stage, double.PositiveInfinity))
                return;
        }
    }

    /// <summary>
    /// Adds a training that was not tried and fits into the time: a variant of the best one of a kind and checkpoint, if that is not
    /// clearly worse than the best of all. Null if there is none.
    /// </summary>
    private Trial? Variant(double reserved)
    {
        HashSet<(FineTuningContender, int)> tried = [.. _trials.Select(trial => Of(trial).Training(data.TrainingCount))];
        if (Best() is not { } best
            || _trials.GroupBy(Group).Select(_comparison.Leader).OfType<Trial>()
                .Where(leader => !_comparison.IsClearlyWorse(leader, best))
                .OrderByDescending(leader => _comparison.Difference(leader, best).Gain)
                .SelectMany(leader => FineTuningGrid.Near(Of(leader)))
                .FirstOrDefault(contender =>
                    !tried.Contains(contender.Training(data.TrainingCount)) && training.Fits(null, contender, reserved))
                is not { } contender)
            return null;
        Trial trial = begin(contender);
        _trials.Add(trial);
        return trial;
    }

    /// <returns>Whether all folds of the stage are trained.</returns>
    private bool Train(Trial trial, FineTuningStage stage, double end)
    {
        double start = clock.Seconds;
        bool isDone = false;
        (Exception? known, double[][]? latest) = (trial.Error, trial.Latest);
        try
        {
            for (int fold = stage.FirstFold; fold < stage.Folds; fold++)
            {
                if (fold < trial.Folds.Count && trial.Share >= stage.Share)
                    continue;
                training.Run(trial, Of(trial), fold, stage.Share, end, Reserved());
                trial.Error = null;
            }
            trial.Share = stage.Share;
            isDone = true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            if (error is TimeoutException)
                _postponed.Add(trial);
            // A training that goes on keeps the outcomes of its earlier stage.
            if (trial.Folds.Count == 0)
                trial.Error = error;
        }
        trial.Seconds += clock.Seconds - start;
        if (trial.Error != known || trial.Latest != latest)
            report(trial);
        Trial? leader = _comparison.Leader(_trials.Where(other => other.Model is not null));
        foreach (Trial other in _trials.Where(other => other != leader))
            other.Dispose(); // one model in memory is enough
        return isDone;
    }

    private Trial? Best() => _comparison.Leader(_incumbent is null ? _trials : _trials.Prepend(_incumbent));

    private double Reserved() => Best() is { } best ? training.SecondsOfLast(best) : 0;

    private static FineTuningContender Of(Trial trial) => (FineTuningContender)trial.Contender!;

    private static (FineTuningKind, BertModel?) Group(Trial trial) => (Of(trial).Kind, Of(trial).Model);
}
