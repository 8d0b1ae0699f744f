using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertExtractiveSummarizerEstimator
{
    /// <summary>The options of <see cref="BertExtractiveSummarizerEstimator"/>. Immutable.</summary>
    public sealed record Options : BertEmbeddingOptions
    {
        /// <summary>The name of the added column of summaries (text). Default "Summary".</summary>
        public string OutputColumnName { get; init; } = "Summary";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>
        /// The name of the added column of the indexes of the sentences in the summary, from 0: a vector of <see cref="int"/> in ascending
        /// order. Default "SummaryIndexes".
        /// </summary>
        public string IndexesColumnName { get; init; } = "SummaryIndexes";

        /// <summary>
        /// The name of the added column of the scores of all sentences: a vector of <see cref="float"/>, where the most central sentence
        /// has 1, or probabilities if the checkpoint was trained to score sentences. Default "SentenceScores".
        /// </summary>
        public string ScoresColumnName { get; init; } = "SentenceScores";

        /// <summary>
        /// The name of the added column of the positions where sentences start, in UTF-16 code units: a vector of <see cref="int"/>.
        /// Default "SentenceStarts".
        /// </summary>
        public string StartsColumnName { get; init; } = "SentenceStarts";

        /// <summary>The name of the added column of the positions where sentences end. Default "SentenceEnds".</summary>
        public string EndsColumnName { get; init; } = "SentenceEnds";

        /// <summary>
        /// The number of sentences of a summary. Default null: 3, unless <see cref="Share"/> or <see cref="MaximumTokens"/> is set.
        /// </summary>
        public int? NumberOfSentences { get; init; }

        /// <summary>
        /// The share of a text's sentences that the summary contains, greater than 0 and at most 1, rounded up to whole sentences. Default
        /// null.
        /// </summary>
        public float? Share { get; init; }

        /// <summary>
        /// The maximum length of a summary, in tokens of the checkpoint without special tokens. Sentences that would exceed it are left
        /// out, so the summary is empty if each of them does. Default null.
        /// </summary>
        public int? MaximumTokens { get; init; }

        /// <summary>
        /// The weight, from 0 to 1, of being different from the sentences already picked (maximal marginal relevance); the rest is the
        /// weight of the score. 0 ignores repetition. Default 0.3.
        /// </summary>
        public float Diversity { get; init; } = 0.3f;

        /// <summary>
        /// The cosine above which two sentences support each other, all alike, from 0 to 1. Default null: they support each other in
        /// proportion to their cosine (continuous LexRank).
        /// </summary>
        public float? SimilarityThreshold { get; init; }

        /// <summary>
        /// The weight, from 0 to 1, of standing near the start of the text, where news say most; the rest is the weight of centrality. The
        /// position of a sentence counts 1 - i / n, for the i-th of n from 0. Default 0. Without effect if the checkpoint was trained to
        /// score sentences.
        /// </summary>
        public float PositionWeight { get; init; }

        /// <summary>
        /// The maximum number of sentences to read; further ones are ignored. Time and memory grow with its square. Default 1,000.
        /// </summary>
        public int MaximumSentences { get; init; } = 1000;

        /// <summary>
        /// The text between two sentences of a summary. Default null: a space, or nothing if the text has no space before the sentence, as
        /// in Chinese and Japanese.
        /// </summary>
        public string? Separator { get; init; }

        /// <summary>How long a summary is.</summary>
        internal SummaryLength Length => new(NumberOfSentences, Share, MaximumTokens);

        /// <summary>Returns these options with every null of the embedding resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        internal Options ResolveAll()
        {
            RequiredOptions.Check(this);
            StepColumns.CheckOutputs([OutputColumnName, IndexesColumnName, ScoresColumnName, StartsColumnName, EndsColumnName]);
            Length.Check(nameof(NumberOfSentences), nameof(Share), nameof(MaximumTokens));
            if (!(Diversity >= 0 && Diversity <= 1))
                throw new ArgumentException($"{nameof(Diversity)} is {Diversity}; it must be from 0 to 1.");
            if (!(PositionWeight >= 0 && PositionWeight <= 1))
                throw new ArgumentException($"{nameof(PositionWeight)} is {PositionWeight}; it must be from 0 to 1.");
            if (SimilarityThreshold is { } threshold && !(threshold >= 0 && threshold <= 1))
                throw new ArgumentException($"{nameof(SimilarityThreshold)} is {threshold}; it must be from 0 to 1.");
            if (MaximumSentences is < 1 or > MostSentences)
            {
                throw new ArgumentException(
                    $"{nameof(MaximumSentences)} is {MaximumSentences}; it must be from 1 to {MostSentences}.");
            }
            return (Options)Resolve();
        }

        // The similarities of all pairs take 400 MB.
        private const int MostSentences = 10_000;
    }
}
