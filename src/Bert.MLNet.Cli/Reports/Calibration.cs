namespace Bert.MLNet.Cli.Reports;

/// <summary>Whether a classifier is right as often as it says: predictions in bins of confidence (Guo et al., 2017, arXiv:1706.04599).</summary>
internal sealed class Calibration
{
    /// <summary>The bins of the paper.</summary>
    public const int DefaultBins = 15;

    /// <summary>Sorts predictions into bins of equal width; a confidence on a border is in the lower one.</summary>
    /// <param name="predictions">The probability of each prediction, 0 to 1, and whether it was right.</param>
    /// <param name="bins">How many bins.</param>
    public Calibration(IEnumerable<(float Confidence, bool IsRight)> predictions, int bins = DefaultBins)
    {
        (int Count, double Confidence, int Right)[] sums = new (int, double, int)[bins];
        foreach ((float confidence, bool isRight) in predictions)
        {
            ref var sum = ref sums[Math.Clamp((int)Math.Ceiling((double)confidence * bins) - 1, 0, bins - 1)];
            sum = (sum.Count + 1, sum.Confidence + confidence, sum.Right + (isRight ? 1 : 0));
        }
        Bins = [.. sums.Select((sum, i) => new CalibrationBin((double)i / bins, (i + 1.0) / bins, sum.Count, sum.Confidence / sum.Count, (double)sum.Right / sum.Count))];
    }

    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>The mean distance of confidence and accuracy, each bin weighted with its rows; NaN without rows.</summary>
    public double ExpectedCalibrationError => Filled.Sum(bin => bin.Count * bin.Gap) / Bins.Sum(bin => bin.Count);

    /// <summary>The largest distance of confidence and accuracy in a bin; NaN without rows.</summary>
    public double MaximumCalibrationError => Filled.Select(bin => bin.Gap).DefaultIfEmpty(double.NaN).Max();

    private IEnumerable<CalibrationBin> Filled => Bins.Where(bin => bin.Count > 0);
}

/// <summary>Predictions of about the same confidence.</summary>
/// <param name="From">The least confidence, which is not within.</param>
/// <param name="To">The greatest.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Confidence">Their mean confidence; NaN without any.</param>
/// <param name="Accuracy">The share that is right; NaN without any.</param>
internal sealed record CalibrationBin(double From, double To, int Count, double Confidence, double Accuracy)
{
    public double Gap => Math.Abs(Confidence - Accuracy);
}
