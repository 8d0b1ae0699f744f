using System.Runtime.InteropServices;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet;

/// <summary>Metrics of the agreement between scores of sentence pairs and labels. Immutable and thread-safe.</summary>
/// <remarks>They include the two correlations that papers report, and ML.NET's regression metrics.</remarks>
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

    /// <summary>The number of rows that were compared.</summary>
    public long Count { get; }

    /// <summary>Pearson's correlation, from -1 to 1. NaN if labels or scores are constant.</summary>
    public double PearsonCorrelation { get; }

    /// <summary>
    /// Spearman's rank correlation, from -1 to 1. Equal numbers share their mean rank. NaN if labels or scores are constant.
    /// </summary>
    public double SpearmanCorrelation { get; }

    /// <summary>The mean of |label − score|, in units of the label.</summary>
    public double MeanAbsoluteError { get; }

    /// <summary>The mean of (label − score)².</summary>
    public double MeanSquaredError { get; }

    /// <summary>The root of <see cref="MeanSquaredError"/>, in units of the label.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>
    /// The share of the labels' variance that the scores explain, at most 1. Negative for scores on another scale, such as cosines.
    /// </summary>
    public double RSquared { get; }
}
