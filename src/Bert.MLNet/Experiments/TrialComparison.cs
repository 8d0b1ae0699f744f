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

    /// <summary>
    /// The trial with the best metric, of those that predicted the most folds. A trial with fewer folds, which can be lucky with them, must
    /// be clearly better on these. Null if no trial has outcomes.
    /// </summary>
    public Trial? Leader(IEnumerable<Trial> trials)
    {
        Trial[] compared = [.. trials.Where(trial => trial.HasOutcomes)];
        int most = compared.Select(trial => trial.Folds.Count).DefaultIfEmpty().Max();
        Trial? leader = compared.Where(trial => trial.Folds.Count == most).MaxBy(trial => metric.Gain(trial.Rows()));
        return compared.Where(trial => trial.Folds.Count < most && IsClearlyWorse(leader!, trial))
            .MaxBy(trial => Difference(trial, leader!).Gain) ?? leader;
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
        Trial[] ties = [.. contenders.Where(trial =>
            trial.Contender!.PredictionCost < cost && trial.Folds.Count >= leader.Folds.Count && IsTie(leader, trial))];
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
