namespace Bert.MLNet.Evaluation;

/// <summary>Computes correlations of two series, -1 to 1; NaN if one of them is constant or there are fewer than two numbers.</summary>
internal static class Correlation
{
    /// <summary>Computes Pearson's coefficient: how close the points are to a straight line.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = Mean(x), meanY = Mean(y);
        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        return Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1);
    }

    /// <summary>Computes Spearman's coefficient, which is Pearson's of the ranks. Equal numbers share the mean of their ranks.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray(), ranks = new double[values.Length];
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, order);
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && sorted[end] == sorted[start])
                end++;
            foreach (int i in order.AsSpan(start..end))
                ranks[i] = (start + 1 + end) / 2.0;
            start = end;
        }
        return ranks;
    }

    // Relative to the first number, so that equal numbers have exactly that mean, and no variance from rounding.
    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value - values[0];
        return values.IsEmpty ? double.NaN : values[0] + sum / values.Length;
    }
}
