namespace Bert.MLNet;

/// <summary>The metrics by which an experiment compares scores of pairs.</summary>
public enum BertSimilarityMetric
{
    /// <summary>Pearson's correlation of scores and labels.</summary>
    PearsonCorrelation,

    /// <summary>Spearman's rank correlation of scores and labels.</summary>
    SpearmanCorrelation,

    /// <summary>The mean of |label − score|; lower is better.</summary>
    MeanAbsoluteError,

    /// <summary>The root of the mean of (label − score)²; lower is better.</summary>
    RootMeanSquaredError,
}
