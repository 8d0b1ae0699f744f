namespace Bert.MLNet;

/// <summary>Defines the meaning of a classifier's logits, like HuggingFace's <c>problem_type</c>.</summary>
public enum BertProblemType
{
    /// <summary>The logits are the values.</summary>
    Regression,

    /// <summary>A row has one label; probabilities are computed by a softmax.</summary>
    SingleLabelClassification,

    /// <summary>A row has any number of labels; each probability is computed by a sigmoid.</summary>
    MultiLabelClassification,
}
