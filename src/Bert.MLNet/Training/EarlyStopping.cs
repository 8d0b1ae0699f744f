using System.Globalization;

namespace Bert.MLNet.Training;

/// <summary>
/// Decides when a training stops because its metric no longer improves; see
/// <see cref="BertTrainingOptions.EarlyStoppingPatience"/>. Immutable.
/// </summary>
/// <remarks>
/// An epoch whose metric is not better than the best so far uses up patience; a better epoch restores all of it. Two kinds of
/// epochs use up no patience because their metric is not yet meaningful: those that end before update <see cref="MinimumSteps"/>,
/// and those in which the training loss fell by more than <see cref="FastFall"/> of its value in the first epoch.
/// </remarks>
internal sealed record EarlyStopping
{
    /// <summary>The number of updates before which no epoch uses up patience.</summary>
    public const int MinimumSteps = 200;

    /// <summary>The decrease in an epoch, as a share of the first epoch's loss, that counts as a fast decrease.</summary>
    public const double FastFall = 0.05;

    /// <summary>The best metric so far; null before the first validation.</summary>
    public double? BestMetric { get; init; }

    /// <summary>The epoch of the best metric, counted from 1; 0 before the first validation.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The number of epochs since the best one that used up patience.</summary>
    public int Spent { get; init; }

    /// <summary>The mean training loss of the first epoch; null before its end.</summary>
    public double? FirstLoss { get; init; }

    /// <summary>The mean training loss of the previous epoch; null before the end of the first.</summary>
    public double? LastLoss { get; init; }

    /// <summary>Returns the state after another epoch.</summary>
    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <param name="step">The number of updates at its end.</param>
    /// <param name="loss">The mean training loss of its rows.</param>
    /// <param name="metric">The metric on the validation rows, higher is better; null if there are none.</param>
    public EarlyStopping After(int epoch, long step, double loss, double? metric)
    {
        EarlyStopping next = this with { FirstLoss = FirstLoss ?? loss, LastLoss = loss };
        if (metric is not { } value)
            return next;
        // Models of entities and answers often predict nothing correctly in the first epochs. Of these epochs, the last is the most
        // advanced.
        bool better = BestMetric is { } best ? value > best || value == 0 && best == 0 : !double.IsNaN(value);
        if (better)
            return next with { BestMetric = value, BestEpoch = epoch, Spent = 0 };
        if (BestMetric is null)
            return next; // the correlation of constant scores
        bool fallsFast = LastLoss - loss > FastFall * FirstLoss;
        return step < MinimumSteps || fallsFast ? next : next with { Spent = Spent + 1 };
    }

    /// <summary>Returns the reason to stop the training, or null to continue.</summary>
    /// <param name="patience">The number of epochs that can be used up; null for any number.</param>
    /// <param name="metricName">The name of the metric.</param>
    public string? Reason(int? patience, string metricName) => Spent < (patience ?? int.MaxValue) ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{metricName} has not risen above {BestMetric:F4}, that of epoch {BestEpoch}, in {Spent} {(Spent == 1 ? "epoch" : "epochs")} " +
        $"({nameof(BertTrainingOptions.EarlyStoppingPatience)})");
}
