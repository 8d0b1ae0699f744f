namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="CooccurrenceEmbeddings"/>.</summary>
internal sealed record CooccurrenceOptions
{
    /// <summary>The number of tokens on either side that count as neighbors; one at distance d counts 1/d. Default: 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>The power of the neighbors' frequencies, which reduces the influence of rare ones. Default: 0.75.</summary>
    public double ContextSmoothing { get; init; } = 0.75;

    /// <summary>Root mean square of the values of a vector. Default: 0.04.</summary>
    public double Deviation { get; init; } = 0.04;

    public int Seed { get; init; } = 42;
}
