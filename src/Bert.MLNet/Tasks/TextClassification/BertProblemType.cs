namespace Bert.MLNet;

/// <summary>What the logits of a classifier mean: HuggingFace's <c>problem_type</c>.</summary>
public enum BertProblemType
{
    /// <summary>Values as they are.</summary>
    Regression,

    /// <summary>One of the labels: softmax.</summary>
    SingleLabelClassification,

    /// <summary>Any number of the labels: a sigmoid for each.</summary>
    MultiLabelClassification,
}
