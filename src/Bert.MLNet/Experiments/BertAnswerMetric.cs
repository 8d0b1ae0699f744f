namespace Bert.MLNet;

/// <summary>The metrics by which an experiment compares models that answer questions.</summary>
public enum BertAnswerMetric
{
    /// <summary>The mean F1 score of the answers' words.</summary>
    F1Score,

    /// <summary>The share of answers that are the same as a correct one.</summary>
    ExactMatch,
}
