namespace Bert.MLNet;

/// <summary>The metrics by which an experiment compares classifiers.</summary>
public enum BertClassificationMetric
{
    /// <summary>The share of rows whose label is predicted.</summary>
    MicroAccuracy,

    /// <summary>The mean of the labels' shares of rows that are predicted.</summary>
    MacroAccuracy,

    /// <summary>The mean negative logarithm of the label's probability; lower is better.</summary>
    LogLoss,
}
