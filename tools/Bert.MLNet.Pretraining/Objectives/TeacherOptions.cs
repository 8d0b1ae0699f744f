namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="TeacherObjective"/>.</summary>
internal sealed record TeacherOptions
{
    /// <summary>The number of texts to distinguish from each other. Default: 128.</summary>
    public int TextsPerBatch { get; init; } = 128;

    /// <summary>Batches of one update. Default: 2.</summary>
    public int BatchesPerStep { get; init; } = 2;

    /// <summary>The divisor of cosines in the cross-entropy. Default: 0.05.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>The weight of the cross-entropy; the distance has the weight 1. Default: 0.1.</summary>
    public double RankingWeight { get; init; } = 0.1;

    /// <summary>The pooling of a text. Default: the mean of its last hidden states.</summary>
    public BertSentenceOptions Sentence { get; init; } = new();

    /// <summary>Whether only the embeddings are trained, without any layers. Default: false.</summary>
    public bool EmbeddingsOnly { get; init; }

    public int Seed { get; init; } = 42;
}
