namespace Bert.MLNet.Experiments;

/// <summary>Compares trials on the rows that both predicted.</summary>
/// <param name="metric">The metric that chooses the best model.</param>
internal sealed class TrialComparison(OutcomeMetric metric)
{
    /// <summary>How much better a trial is than another, with the standard error of the difference.</summary>
    public (double Gain, double StandardError) Difference(Trial trial, Trial other)
    {
        int folds = Math.Min(trial.Folds.Count, other.Folds.Count);
        double[][] rows = trial.Rows(folds), otherRows = other.Rows(folds);
        double[] differences = [.. metric.Replicates(rows).Zip(metric.Replicates(otherRows), (gain, otherGain) => gain - otherGain)];
        return (metric.Gain(rows) - metric.Gain(otherRows), OutcomeMetric.Deviation(differences));
    }

    /// <summary>The trial with the best metric; null if there is none with outcomes.</summary>
    public Trial? Leader(IEnumerable<Trial> trials)
    {
        Trial? leader = null;
        foreach (Trial trial in trials.Where(trial => trial.HasOutcomes))
        {
            int folds = Math.Min(trial.Folds.Count, leader?.Folds.Count ?? int.MaxValue);
            if (leader is null || metric.Gain(trial.Rows(folds)) > metric.Gain(leader.Rows(folds)))
                leader = trial;
        }
        return leader;
    }

    /// <summary>
    /// The contender with the best metric or, if others with a lower cost of predictions are not worse by more than the standard error of
    /// the difference, the one with the lowest cost.
    /// </summary>
    public Trial? Choose(IReadOnlyCollection<Trial> trials)
    {
        Trial[] contenders = [.. trials.Where(trial => trial.Contender is not null && trial.HasOutcomes)];
        if (Leader(contenders) is not { } leader)
            return null;
        double cost = leader.Contender!.PredictionCost;
        Trial[] ties = [.. contenders.Where(trial => trial.Contender!.PredictionCost < cost && IsTie(leader, trial))];
        return Leader(ties.Where(trial => trial.Contender!.PredictionCost == ties.Min(tie => tie.Contender!.PredictionCost))) ?? leader;
    }

    /// <summary>Whether a trial is worse than another by more than two standard errors of the difference.</summary>
    public bool IsClearlyWorse(Trial trial, Trial other)
    {
        (double gain, double error) = Difference(trial, other);
        return gain < -2 * error;
    }

    private bool IsTie(Trial leader, Trial trial)
    {
        (double gain, double error) = Difference(leader, trial);
        return gain <= error;
    }
}
