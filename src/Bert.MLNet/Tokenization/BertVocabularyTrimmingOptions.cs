namespace Bert.MLNet;

/// <summary>Specifies which tokens <see cref="BertModel.TrimVocabulary"/> keeps. Immutable.</summary>
public sealed record BertVocabularyTrimmingOptions
{
    /// <summary>
    /// The maximum number of tokens to keep, including special tokens and single characters: those that the texts need most often. Default
    /// null: all that they need.
    /// </summary>
    public int? VocabSize { get; init; }

    /// <summary>How often the texts must need a token for it to be kept. Default 1.</summary>
    public int MinFrequency { get; init; } = 1;

    /// <summary>
    /// The number of processor threads. It does not affect the result. Default null: one for each core of the machine.
    /// </summary>
    public int? NumberOfThreads { get; init; }

    /// <summary>Stops the work with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal void Check()
    {
        Require(VocabSize ?? 1, nameof(VocabSize));
        Require(MinFrequency, nameof(MinFrequency));
        Require(NumberOfThreads ?? 1, nameof(NumberOfThreads));

        static void Require(int value, string name)
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be at least 1.");
        }
    }
}
