namespace Bert.MLNet;

/// <summary>How many of the entities are found, and found rightly. Immutable and thread-safe.</summary>
/// <remarks>Where there is nothing to divide by (a type that is never predicted, or never there), a figure is 0, as by default in seqeval.</remarks>
public sealed class NamedEntityScores
{
    internal NamedEntityScores(double precision, double recall, double f1Score, long support) =>
        (Precision, Recall, F1Score, Support) = (precision, recall, f1Score, support);

    /// <summary>Share of the predicted entities that are right, 0 to 1.</summary>
    public double Precision { get; }

    /// <summary>Share of the labelled entities that are found, 0 to 1.</summary>
    public double Recall { get; }

    /// <summary>The harmonic mean of precision and recall, 0 to 1; of an average, the mean of the types' figures.</summary>
    public double F1Score { get; }

    /// <summary>How many entities are labelled.</summary>
    public long Support { get; }

    internal static NamedEntityScores Of(long correct, long predicted, long labelled)
    {
        double precision = Ratio(correct, predicted), recall = Ratio(correct, labelled);
        return new(precision, recall, Ratio(2 * precision * recall, precision + recall), labelled);
    }

    /// <summary>The weighted mean of each figure.</summary>
    internal static NamedEntityScores Average(IReadOnlyCollection<NamedEntityScores> types, Func<NamedEntityScores, double> weight)
    {
        double total = types.Sum(weight);
        double Mean(Func<NamedEntityScores, double> figure) => Ratio(types.Sum(type => weight(type) * figure(type)), total);
        return new(Mean(type => type.Precision), Mean(type => type.Recall), Mean(type => type.F1Score), types.Sum(type => type.Support));
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
