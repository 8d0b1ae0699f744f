namespace Bert.MLNet.Pretraining;

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

    /// <summary>How a text becomes a vector. Default: the mean of its last hidden states.</summary>
    public BertSentenceOptions Sentence { get; init; } = new();

    /// <summary>Whether only the embeddings learn: their output stands for all layers. Far cheaper, so that batches can be large. Default: false.</summary>
    public bool EmbeddingsOnly { get; init; }

    public int Seed { get; init; } = 42;
}
