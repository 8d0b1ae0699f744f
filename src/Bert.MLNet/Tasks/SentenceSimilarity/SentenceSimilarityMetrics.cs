using System.Runtime.InteropServices;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet;

/// <summary>How well scores of sentence pairs agree with people's: the two correlations that papers report, and the figures of ML.NET's regression metrics. Immutable and thread-safe.</summary>
public sealed class SentenceSimilarityMetrics
{
    internal SentenceSimilarityMetrics(List<double> labels, List<double> scores)
    {
        ReadOnlySpan<double> x = CollectionsMarshal.AsSpan(labels), y = CollectionsMarshal.AsSpan(scores);
        Count = labels.Count;
        PearsonCorrelation = Correlation.Pearson(x, y);
        SpearmanCorrelation = Correlation.Spearman(x, y);
        double mean = labels.Sum() / Count;
        MeanAbsoluteError = labels.Zip(scores, (label, score) => Math.Abs(label - score)).Sum() / Count;
        MeanSquaredError = labels.Zip(scores, (label, score) => (label - score) * (label - score)).Sum() / Count;
        RSquared = 1 - MeanSquaredError * Count / labels.Sum(label => (label - mean) * (label - mean));
    }

    /// <summary>How many rows were compared.</summary>
    public long Count { get; }

    /// <summary>Pearson's correlation, -1 to 1; NaN if labels or scores do not vary.</summary>
    public double PearsonCorrelation { get; }

    /// <summary>Spearman's rank correlation, -1 to 1, equal numbers sharing the mean of their ranks; NaN if labels or scores do not vary.</summary>
    public double SpearmanCorrelation { get; }

    /// <summary>The mean of |label − score|, in units of the label.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>The mean of (label − score)².</summary>
    public double MeanSquaredError { get; }

    /// <summary>The root of <see cref="MeanSquaredError"/>, in units of the label.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>The share of the labels' variance that the scores explain: 1 at best, and below 0 for scores on another scale, such as cosines.</summary>
    public double RSquared { get; }
}
