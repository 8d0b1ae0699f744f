namespace Bert.MLNet.Pretraining;

/// <summary>How <see cref="CooccurrenceEmbeddings"/> counts.</summary>
internal sealed record CooccurrenceOptions
{
    /// <summary>Tokens on either side that count as neighbours; one at distance d counts 1/d. Default: 5.</summary>
    public int Window { get; init; } = 5;

    /// <summary>Power of the neighbours' frequencies, which keeps rare ones from looking too telling. Default: 0.75.</summary>
    public double ContextSmoothing { get; init; } = 0.75;

    /// <summary>Root mean square of the values of a vector. Default: 0.04.</summary>
    public double Deviation { get; init; } = 0.04;

    public int Seed { get; init; } = 42;
}
