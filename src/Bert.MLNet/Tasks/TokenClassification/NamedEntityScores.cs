namespace Bert.MLNet;

/// <summary>Precision, recall and F1 of entities. Immutable and thread-safe.</summary>
/// <remarks>
/// As by default in seqeval, a value is 0 if its divisor is, such as for a type that is never predicted or never labelled.
/// </remarks>
public sealed class NamedEntityScores
{
    internal NamedEntityScores(double precision, double recall, double f1Score, long support) =>
        (Precision, Recall, F1Score, Support) = (precision, recall, f1Score, support);

    /// <summary>The share of the predicted entities that are correct, from 0 to 1.</summary>
    public double Precision { get; }

    /// <summary>The share of the labelled entities that are found, from 0 to 1.</summary>
    public double Recall { get; }

    /// <summary>The harmonic mean of precision and recall, from 0 to 1. For an average, the mean of the types' scores.</summary>
    public double F1Score { get; }

    /// <summary>The number of labelled entities.</summary>
    public long Support { get; }

    internal static NamedEntityScores Of(long correct, long predicted, long labelled)
    {
        double precision = Ratio(correct, predicted), recall = Ratio(correct, labelled);
        return new(precision, recall, Ratio(2 * precision * recall, precision + recall), labelled);
    }

    /// <summary>Computes the weighted mean of each score.</summary>
    internal static NamedEntityScores Average(IReadOnlyCollection<NamedEntityScores> types, Func<NamedEntityScores, double> weight)
    {
        double total = types.Sum(weight);
        double Mean(Func<NamedEntityScores, double> figure) => Ratio(types.Sum(type => weight(type) * figure(type)), total);
        return new(Mean(type => type.Precision), Mean(type => type.Recall), Mean(type => type.F1Score), types.Sum(type => type.Support));
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
