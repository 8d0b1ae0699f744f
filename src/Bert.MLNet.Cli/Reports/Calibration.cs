namespace Bert.MLNet.Cli.Reports;

/// <summary>The calibration of a classifier: accuracy in bins of confidence (Guo et al., 2017, arXiv:1706.04599).</summary>
internal sealed class Calibration
{
    /// <summary>The number of bins in the paper.</summary>
    public const int DefaultBins = 15;

    /// <summary>Sorts predictions into bins of equal width; a confidence on a border is in the lower one.</summary>
    /// <param name="predictions">The probability of each prediction, 0 to 1, and whether it was correct.</param>
    /// <param name="bins">The number of bins.</param>
    public Calibration(IEnumerable<(float Confidence, bool IsRight)> predictions, int bins = DefaultBins)
    {
        (int Count, double Confidence, int Right)[] sums = new (int, double, int)[bins];
        foreach ((float confidence, bool isRight) in predictions)
        {
            ref var sum = ref sums[Math.Clamp((int)Math.Ceiling((double)confidence * bins) - 1, 0, bins - 1)];
            sum = (sum.Count + 1, sum.Confidence + confidence, sum.Right + (isRight ? 1 : 0));
        }
        Bins = [.. sums.Select((sum, i) =>
            new CalibrationBin((double)i / bins, (i + 1.0) / bins, sum.Count, sum.Confidence / sum.Count, (double)sum.Right / sum.Count))];
    }

    public IReadOnlyList<CalibrationBin> Bins { get; }

    /// <summary>The mean difference between confidence and accuracy, with bins weighted by rows; NaN without rows.</summary>
    public double ExpectedCalibrationError => Filled.Sum(bin => bin.Count * bin.Gap) / Bins.Sum(bin => bin.Count);

    /// <summary>The largest difference between confidence and accuracy in a bin; NaN without rows.</summary>
    public double MaximumCalibrationError => Filled.Select(bin => bin.Gap).DefaultIfEmpty(double.NaN).Max();

    private IEnumerable<CalibrationBin> Filled => Bins.Where(bin => bin.Count > 0);
}

/// <summary>Predictions with similar confidence.</summary>
/// <param name="From">The lowest confidence, exclusive.</param>
/// <param name="To">The highest confidence, inclusive.</param>
/// <param name="Count">The number of predictions.</param>
/// <param name="Confidence">The mean confidence; NaN without predictions.</param>
/// <param name="Accuracy">The share of correct predictions; NaN without predictions.</param>
internal sealed record CalibrationBin(double From, double To, int Count, double Confidence, double Accuracy)
{
    public double Gap => Math.Abs(Confidence - Accuracy);
}
