namespace Bert.MLNet;

/// <summary>Defines how the learning rate changes after its peak, like HuggingFace's <c>lr_scheduler_type</c>.</summary>
public enum BertLearningRateSchedule
{
    /// <summary>The learning rate decreases linearly to zero.</summary>
    Linear,

    /// <summary>The learning rate decreases to zero along half a cosine wave.</summary>
    Cosine,

    /// <summary>The learning rate stays at its peak.</summary>
    Constant,
}
