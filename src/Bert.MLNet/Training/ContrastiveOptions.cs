namespace Bert.MLNet.Training;

/// <summary>How <see cref="ContrastiveObjective"/> compares.</summary>
internal sealed record ContrastiveOptions
{
    /// <summary>What cosines are divided by. Default: 0.05.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>Pairs that are told apart from each other. Default: 64.</summary>
    public int PairsPerBatch { get; init; } = 64;

    /// <summary>Batches of one update. Default: 2.</summary>
    public int BatchesPerStep { get; init; } = 2;

    /// <summary>Weight of telling a text's words from its vector; see <see cref="BagOfWords"/>. Default: 2.</summary>
    public double BagOfWordsWeight { get; init; } = 2;

    /// <summary>How much each token counts in the mean, by id. Default: null, all the same.</summary>
    public IReadOnlyList<float>? TokenWeights { get; init; }

    public int Seed { get; init; } = 42;
}
