using Bert.MLNet.DataViews;

namespace Bert.MLNet;

/// <summary>
/// How hard negatives are mined: texts that a checkpoint considers similar to a text, although they are not among those that belong to it.
/// Immutable. The options and their effect are those of sentence-transformers' <c>mine_hard_negatives</c>.
/// </summary>
/// <remarks>
/// The inherited options determine the vectors, whose similarity is their cosine. <see cref="BertEmbeddingOptions.Prompt"/> applies to the
/// texts that are found; <see cref="BertEmbeddingOptions.Normalize"/> has no effect.
/// </remarks>
public sealed record BertHardNegativesOptions : BertEmbeddingOptions
{
    /// <summary>The name of the column of first texts, such as questions. Default "Sentence1".</summary>
    public string Sentence1ColumnName { get; init; } = "Sentence1";

    /// <summary>The name of the column of second texts, which belong to the first, such as answers. Default "Sentence2".</summary>
    public string Sentence2ColumnName { get; init; } = "Sentence2";

    /// <summary>The name of the column of negatives in the result. Default "Sentence3".</summary>
    public string Sentence3ColumnName { get; init; } = "Sentence3";

    /// <summary>The name of the text column of a corpus. Default "Text".</summary>
    public string CorpusColumnName { get; init; } = "Text";

    /// <summary>
    /// The text inserted before each first text, such as <c>"query: "</c>. Default null: the same as
    /// <see cref="BertEmbeddingOptions.Prompt"/>.
    /// </summary>
    public string? QueryPrompt { get; init; }

    /// <summary>The maximum number of negatives for each first text, at least 1. Default 3.</summary>
    public int NumberOfNegatives { get; init; } = 3;

    /// <summary>
    /// The number of most similar candidates to skip, which are often right, but not known to be. Default 0.
    /// </summary>
    public int RangeMin { get; init; }

    /// <summary>
    /// The rank up to which candidates are considered. Default null: as many as are needed or, with a margin or a maximum score, ten times
    /// as many.
    /// </summary>
    public int? RangeMax { get; init; }

    /// <summary>
    /// The minimum difference between the similarity of the right text and that of a negative, from 0 to 2. If several texts belong to a
    /// first text, the least similar counts. Default null: none.
    /// </summary>
    public float? Margin { get; init; }

    /// <summary>
    /// The same difference as a share of the right text's similarity, from 0 to 1; 0.05 is a good value. Default null: none.
    /// </summary>
    public float? RelativeMargin { get; init; }

    /// <summary>The maximum similarity of a negative, from −1 to 1. Default null: none.</summary>
    public float? MaximumScore { get; init; }

    /// <summary>Stops the mining. Default: none.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    internal void Check()
    {
        RequiredOptions.Check(this);
        StepColumns.CheckOutputs(Sentence1ColumnName, Sentence2ColumnName, Sentence3ColumnName);
        Require(NumberOfNegatives >= 1, nameof(NumberOfNegatives), NumberOfNegatives, "at least 1");
        Require(RangeMin >= 0, nameof(RangeMin), RangeMin, "at least 0");
        Require(RangeMax is null || RangeMax - RangeMin >= NumberOfNegatives, nameof(RangeMax), RangeMax,
            $"null, or at least {nameof(RangeMin)} + {nameof(NumberOfNegatives)}, {(long)RangeMin + NumberOfNegatives}");
        Require(Margin is null or (>= 0 and <= 2), nameof(Margin), Margin, "null, or from 0 to 2");
        Require(RelativeMargin is null or (>= 0 and <= 1), nameof(RelativeMargin), RelativeMargin, "null, or from 0 to 1");
        Require(MaximumScore is null or (>= -1 and <= 1), nameof(MaximumScore), MaximumScore, "null, or from −1 to 1");

        static void Require(bool holds, string name, object? value, string range)
        {
            if (!holds)
                throw new ArgumentException($"{name} is {value}; it must be {range}.", name);
        }
    }
}
