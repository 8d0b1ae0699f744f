namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="SentencePairs"/>.</summary>
internal sealed record SentencePairOptions
{
    /// <summary>Sentences and crops have at least this many tokens. Default: 6.</summary>
    public int MinTokens { get; init; } = 6;

    /// <summary>The maximum number of tokens of each side. Default: 24.</summary>
    public int MaxTokens { get; init; } = 24;

    /// <summary>The mean share of tokens that a shortened sentence loses. Default: 0.2.</summary>
    public double DropShare { get; init; } = 0.2;

    /// <summary>Relative share of neighboring sentences. Default: 0.2.</summary>
    public double Neighbours { get; init; } = 0.2;

    /// <summary>Relative share of two crops of a paragraph. Default: 0.25.</summary>
    public double Crops { get; init; } = 0.25;

    /// <summary>Relative share of a sentence and a shortened copy. Default: 0.15.</summary>
    public double Dropped { get; init; } = 0.15;

    /// <summary>Relative share of headwords and definitions. Default: 0.4.</summary>
    public double Definitions { get; init; } = 0.4;
}
