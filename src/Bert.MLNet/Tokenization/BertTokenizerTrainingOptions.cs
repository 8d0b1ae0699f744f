namespace Bert.MLNet;

/// <summary>Options that all trainers of tokenizers have.</summary>
public abstract record BertTokenizerTrainingOptions
{
    // Larger vocabularies would not fit into a tokenizer.json that can be read again.
    private const int MaxVocabSize = 500_000;

    private protected BertTokenizerTrainingOptions(int vocabSize) => VocabSize = vocabSize;

    /// <summary>
    /// The number of tokens to learn, including single characters and the five special tokens (<c>vocab_size</c>); at most 500,000. The
    /// vocabulary is smaller if the text does not contain enough frequent pieces.
    /// </summary>
    public int VocabSize { get; init; }

    /// <summary>
    /// The number of processor threads. It does not affect the result, which is bit-identical. Default null: one for each core of the
    /// machine.
    /// </summary>
    public int? NumberOfThreads { get; init; }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal virtual void Check()
    {
        Require(VocabSize is >= 1 and <= MaxVocabSize, nameof(VocabSize), VocabSize, $"from 1 to {MaxVocabSize}");
        Require(NumberOfThreads is null or >= 1, nameof(NumberOfThreads), NumberOfThreads, "at least 1");
    }

    private protected static void Require(bool holds, string name, IFormattable? value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be {expected}.");
    }
}
