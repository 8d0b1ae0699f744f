namespace Bert.MLNet;

/// <summary>
/// Specifies how <see cref="BertTokenizer.TrainByteBpe"/> learns. The names are those of HuggingFace's <c>BpeTrainer</c>.
/// </summary>
public sealed record BertByteBpeTrainingOptions : BertTokenizerTrainingOptions
{
    /// <summary>Creates options whose <see cref="BertTokenizerTrainingOptions.VocabSize"/> is 30,000.</summary>
    public BertByteBpeTrainingOptions()
        : base(vocabSize: 30_000)
    {
    }

    /// <summary>How often two neighbouring tokens must occur to be merged (<c>min_frequency</c>). Default 2.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>
    /// The length in bytes that tokens of more than two bytes do not reach (<c>max_token_length</c>). Default null: unlimited.
    /// </summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>
    /// Whether the tokenizer adds a space before a text that does not start with one (<c>add_prefix_space</c>), both in training and
    /// afterwards. Default false.
    /// </summary>
    public bool AddPrefixSpace { get; init; }

    internal override void Check()
    {
        base.Check();
        Require(MinFrequency >= 0, nameof(MinFrequency), MinFrequency, "at least 0");
        Require(MaxTokenLength is null or >= 1, nameof(MaxTokenLength), MaxTokenLength, "at least 1");
    }
}
