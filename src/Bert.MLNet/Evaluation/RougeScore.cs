namespace Bert.MLNet;

/// <summary>One kind of ROUGE, as means over summaries. Values are from 0 to 1. Immutable and thread-safe.</summary>
public sealed class RougeScore
{
    internal RougeScore(double precision, double recall, double f1Score, double f1StandardError) =>
        (Precision, Recall, F1Score, F1StandardError) = (precision, recall, f1Score, f1StandardError);

    /// <summary>The mean share of a summary that its reference contains.</summary>
    public double Precision { get; }

    /// <summary>The mean share of a reference that the summary contains.</summary>
    public double Recall { get; }

    /// <summary>The mean of the F1 scores of the summaries. It is the figure that is usually published, as a percentage.</summary>
    public double F1Score { get; }

    /// <summary>
    /// The standard error of <see cref="F1Score"/>: the standard deviation of the F1 scores divided by √count. NaN for one summary.
    /// </summary>
    public double F1StandardError { get; }
}
