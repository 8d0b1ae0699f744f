namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="ContrastiveObjective"/>.</summary>
internal sealed record ContrastiveOptions
{
    /// <summary>The divisor of cosines. Default: 0.05.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>The number of pairs to distinguish from each other. Default: 64.</summary>
    public int PairsPerBatch { get; init; } = 64;

    /// <summary>Batches of one update. Default: 2.</summary>
    public int BatchesPerStep { get; init; } = 2;

    /// <summary>The weight of predicting a text's words from its vector; see <see cref="BagOfWords"/>. Default: 2.</summary>
    public double BagOfWordsWeight { get; init; } = 2;

    /// <summary>The pooling of a text. Default: the mean of its last hidden states.</summary>
    public BertSentenceOptions Sentence { get; init; } = new();

    /// <summary>
    /// Whether only the embeddings are trained, without any layers. Far cheaper, so that batches can be large. Default: false.
    /// </summary>
    public bool EmbeddingsOnly { get; init; }

    public int Seed { get; init; } = 42;
}
