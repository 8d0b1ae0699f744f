namespace Bert.MLNet;

/// <summary>How the learning rate goes on once it has risen to its peak: HuggingFace's <c>lr_scheduler_type</c>.</summary>
public enum BertLearningRateSchedule
{
    /// <summary>It falls to zero in a straight line.</summary>
    Linear,

    /// <summary>It falls to zero along half a cosine wave.</summary>
    Cosine,

    /// <summary>It stays.</summary>
    Constant,
}
