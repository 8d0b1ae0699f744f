namespace Bert.MLNet.Training;

/// <summary>
/// The constants of <see cref="AdamW"/>. Except for the decay, the defaults are those of HuggingFace's TrainingArguments.
/// </summary>
internal sealed record AdamWOptions
{
    /// <summary>The decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The constant that prevents division by zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of a weight that an update removes, times the learning rate. Biases and LayerNorm are not decayed.</summary>
    public double WeightDecay { get; init; } = 0.01;
}
