namespace Bert.MLNet.Cli.Reports;

/// <summary>The receiver operating characteristic of scores.</summary>
internal static class RocCurve
{
    /// <summary>
    /// The area under the curve: the share of pairs of a positive and a negative row in which the positive one has the higher score. Equal
    /// scores count half. NaN unless both occur.
    /// </summary>
    public static double Area(IEnumerable<(float Score, bool IsPositive)> rows)
    {
        double pairs = 0, negatives = 0, positives = 0;
        foreach (IGrouping<float, (float Score, bool IsPositive)> tied in rows.GroupBy(row => row.Score).OrderBy(group => group.Key))
        {
            double up = tied.Count(row => row.IsPositive), down = tied.Count() - up;
            pairs += up * (negatives + down / 2);
            (positives, negatives) = (positives + up, negatives + down);
        }
        return pairs / (positives * negatives);
    }
}
