namespace Bert.MLNet.Training;

/// <summary>Constants of <see cref="AdamW"/>; the defaults are those of HuggingFace's TrainingArguments, but for the decay.</summary>
internal sealed record AdamWOptions
{
    /// <summary>Decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of a weight that one update takes away, times the learning rate. Biases and LayerNorm are spared.</summary>
    public double WeightDecay { get; init; } = 0.01;
}
