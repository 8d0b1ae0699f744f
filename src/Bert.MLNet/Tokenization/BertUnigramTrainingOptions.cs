namespace Bert.MLNet;

/// <summary>
/// Specifies how <see cref="BertTokenizer.TrainUnigram"/> learns. The names are those of HuggingFace's <c>UnigramTrainer</c>, and
/// <see cref="LimitAlphabet"/> is that of its other trainers.
/// </summary>
public sealed record BertUnigramTrainingOptions : BertTokenizerTrainingOptions
{
    /// <summary>Creates options whose <see cref="BertTokenizerTrainingOptions.VocabSize"/> is 8,000.</summary>
    public BertUnigramTrainingOptions()
        : base(vocabSize: 8_000)
    {
    }

    /// <summary>
    /// The number of most frequent characters to keep; others become unknown (<c>limit_alphabet</c>). Default 1,000, as in
    /// <see cref="BertVocabulary.Train"/>.
    /// </summary>
    public int LimitAlphabet { get; init; } = 1_000;

    /// <summary>The maximum length of a token in characters (<c>max_piece_length</c>). Default 16.</summary>
    public int MaxPieceLength { get; init; } = 16;

    /// <summary>The number of candidates with which training starts (<c>seed_size</c>). Default 1,000,000.</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>The share of the candidates that each pruning keeps (<c>shrinking_factor</c>). Default 0.75.</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>How often the probabilities are estimated anew before each pruning (<c>n_sub_iterations</c>). Default 2.</summary>
    public int NumSubIterations { get; init; } = 2;

    internal override void Check()
    {
        base.Check();
        Require(LimitAlphabet >= 1, nameof(LimitAlphabet), LimitAlphabet, "at least 1");
        Require(MaxPieceLength is >= 1 and <= 255, nameof(MaxPieceLength), MaxPieceLength, "from 1 to 255");
        Require(SeedSize is >= 1 and <= 10_000_000, nameof(SeedSize), SeedSize, "from 1 to 10000000");
        Require(ShrinkingFactor is > 0 and < 1, nameof(ShrinkingFactor), ShrinkingFactor, "above 0 and less than 1");
        Require(NumSubIterations >= 1, nameof(NumSubIterations), NumSubIterations, "at least 1");
    }
}
