namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="MaskedLanguageModelObjective"/>.</summary>
internal sealed record MaskedLanguageModelOptions
{
    /// <summary>The share of tokens to predict. Default: 0.2.</summary>
    public double MlmProbability { get; init; } = 0.2;

    /// <summary>The number of tokens per update. Default: 4,096.</summary>
    public int TokensPerStep { get; init; } = 4096;

    /// <summary>The number of tokens per batch. Default: 1,024.</summary>
    public int TokensPerBatch { get; init; } = 1024;

    /// <summary>
    /// Sequence lengths and their shares of the updates, from a given progress on. Default: 64; in the last quarter also 128 and 512, so
    /// that late positions are learned, too.
    /// </summary>
    public IReadOnlyList<(double From, (int Length, double Share)[] Lengths)> Phases { get; init; } =
        [(0, [(64, 1)]), (0.75, [(64, 0.7), (128, 0.2), (512, 0.1)])];

    public int Seed { get; init; } = 42;
}
