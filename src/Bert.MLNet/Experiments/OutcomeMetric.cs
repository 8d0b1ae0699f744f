namespace Bert.MLNet.Experiments;

/// <summary>A metric of the outcomes of rows. An outcome is a few numbers about a prediction, whose meaning depends on the task.</summary>
/// <param name="Name">The name of the metric, as in ML.NET.</param>
/// <param name="IsHigherBetter">Whether higher values are better.</param>
/// <param name="Compute">Computes the metric of at least one row.</param>
internal sealed record OutcomeMetric(string Name, bool IsHigherBetter, Func<IReadOnlyList<double[]>, double> Compute)
{
    /// <summary>The number of resamples; the standard error of a standard error of 200 is 5 %.</summary>
    private const int Resamples = 200;

    private const int Seed = 20_260_101;

    /// <summary>The metric, with its sign changed if lower values are better.</summary>
    public double Gain(IReadOnlyList<double[]> rows) => Signed(Compute(rows));

    /// <summary>
    /// The gain of each bootstrap resample of the rows (Efron, 1979). Resamples of equally many rows are the same, so that the differences
    /// of two models that predicted the same rows are paired.
    /// </summary>
    public double[] Replicates(IReadOnlyList<double[]> rows)
    {
        var random = new Random(Seed);
        var gains = new double[Resamples];
        var drawn = new double[rows.Count][];
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < drawn.Length; j++)
                drawn[j] = rows[random.Next(rows.Count)];
            gains[i] = Gain(drawn);
        }
        return gains;
    }

    /// <summary>The standard error of the metric.</summary>
    public double StandardError(IReadOnlyList<double[]> rows) => Deviation(Replicates(rows));

    /// <summary>The standard deviation of numbers.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private double Signed(double value) => IsHigherBetter ? value : -value;
}
