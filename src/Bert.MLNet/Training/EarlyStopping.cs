using System.Globalization;

namespace Bert.MLNet.Training;

/// <summary>
/// When a training has learnt what it will: what <see cref="BertTrainingOptions.EarlyStoppingPatience"/> counts. Immutable.
/// </summary>
/// <remarks>
/// An epoch whose metric is no better than the best so far uses up patience, and a better one gives all of it back. Two kinds of epochs use
/// up nothing,
/// since the metric says little in them: those that end before update <see cref="MinimumSteps"/>, and those in which the training loss fell
/// by more
/// than <see cref="FastFall"/> of what it was in the first epoch.
/// </remarks>
internal sealed record EarlyStopping
{
    /// <summary>Updates before which no epoch uses up patience.</summary>
    public const int MinimumSteps = 200;

    /// <summary>The share of the first epoch's loss that the loss of an epoch loses while it falls fast.</summary>
    public const double FastFall = 0.05;

    /// <summary>The best metric so far; null when nothing was validated yet.</summary>
    public double? BestMetric { get; init; }

    /// <summary>Its epoch, counted from 1; 0 when nothing was validated yet.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Epochs since then that used up patience.</summary>
    public int Spent { get; init; }

    /// <summary>The mean training loss of the first epoch; null before its end.</summary>
    public double? FirstLoss { get; init; }

    /// <summary>The mean training loss of the epoch before; null before the end of the first.</summary>
    public double? LastLoss { get; init; }

    /// <summary>Where a training stands after another epoch.</summary>
    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <param name="step">Updates done at its end.</param>
    /// <param name="loss">The mean training loss of its rows.</param>
    /// <param name="metric">How good the model is on the validation rows, more is better; null where there are none.</param>
    public EarlyStopping After(int epoch, long step, double loss, double? metric)
    {
        EarlyStopping next = this with { FirstLoss = FirstLoss ?? loss, LastLoss = loss };
        if (metric is not { } value)
            return next;
        // Entities and answers often have nothing right in the first epochs: of these the last is the furthest.
        bool better = BestMetric is { } best ? value > best || value == 0 && best == 0 : !double.IsNaN(value);
        if (better)
            return next with { BestMetric = value, BestEpoch = epoch, Spent = 0 };
        if (BestMetric is null)
            return next; // a correlation of scores that are all alike
        bool fallsFast = LastLoss - loss > FastFall * FirstLoss;
        return step < MinimumSteps || fallsFast ? next : next with { Spent = Spent + 1 };
    }

    /// <summary>Why a training stops; null when it goes on.</summary>
    /// <param name="patience">Epochs that may be used up; null: any number.</param>
    /// <param name="metricName">What the metric is called.</param>
    public string? Reason(int? patience, string metricName) => Spent < (patience ?? int.MaxValue) ? null : string.Create(CultureInfo.InvariantCulture,
        $"{metricName} has not risen above {BestMetric:F4}, that of epoch {BestEpoch}, in {Spent} {(Spent == 1 ? "epoch" : "epochs")} ({nameof(BertTrainingOptions.EarlyStoppingPatience)})");
}
