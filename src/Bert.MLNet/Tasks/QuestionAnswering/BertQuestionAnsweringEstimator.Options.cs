using Bert.MLNet.DataViews;

namespace Bert.MLNet;

public sealed partial class BertQuestionAnsweringEstimator
{
    /// <summary>The options of <see cref="BertQuestionAnsweringEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added answer column. Default "Answer".</summary>
        public string OutputColumnName { get; init; } = "Answer";

        /// <summary>The name of the question column. Default "Question".</summary>
        public string QuestionColumnName { get; init; } = "Question";

        /// <summary>The name of the context column. Default "Context".</summary>
        public string ContextColumnName { get; init; } = "Context";

        /// <summary>
        /// The name of the added score column (<see cref="float"/>): the product of the probabilities of the answer's start and end.
        /// Default "Score".
        /// </summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>The name of the added column with the start of the answer (<see cref="int"/>). Default "AnswerStart".</summary>
        public string StartColumnName { get; init; } = "AnswerStart";

        /// <summary>The name of the added column with the end of the answer (<see cref="int"/>). Default "AnswerEnd".</summary>
        public string EndColumnName { get; init; } = "AnswerEnd";

        /// <summary>The maximum number of answers, returned as vectors. Default null: only the best, as single values.</summary>
        public int? TopK { get; init; }

        /// <summary>The maximum length of an answer in tokens. Default 15.</summary>
        public int MaxAnswerLength { get; init; } = 15;

        /// <summary>
        /// Whether an empty answer at position 0 is possible, for checkpoints that were trained on unanswerable questions. Default
        /// false.
        /// </summary>
        public bool HandleImpossibleAnswer { get; init; }

        /// <summary>
        /// The share above which no answer is returned, from 0 to 1. The share is the score of "no answer", divided by the sum of that
        /// and the best answer's score. 1: never. Default 0.5: if "no answer" is more probable than the best answer. A value of 1 / (1 +
        /// exp(−d)) corresponds to HuggingFace's <c>null_score_diff_threshold</c> d. Ignored unless <see cref="HandleImpossibleAnswer"/>
        /// is set.
        /// </summary>
        public float NoAnswerThreshold { get; init; } = 0.5f;

        /// <summary>
        /// The name of the added column with this share (<see cref="float"/>), from which <c>EvaluateQuestionAnswering</c> computes the
        /// best threshold. Default null: the column is omitted.
        /// </summary>
        public string? NoAnswerColumnName { get; init; }

        /// <summary>
        /// The number of context tokens that a window repeats from the previous one (<c>doc_stride</c>). Default null: half a window,
        /// at most 128.
        /// </summary>
        public int? Stride { get; init; }

        private const int MaxDefaultLength = 384, MaxDefaultStride = 128;

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            int maxLength = MaxLength ?? Math.Min(Checkpoint.MaxSequenceLength, MaxDefaultLength);
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                MaxLength = maxLength,
                Stride = Stride ?? Math.Min(MaxDefaultStride, maxLength / 2),
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (TopK < 1)
                throw new ArgumentException(
                    $"{nameof(TopK)} is {TopK}; it must be at least 1, or null for the best answer as single values.");
            if (MaxAnswerLength < 1)
                throw new ArgumentException($"{nameof(MaxAnswerLength)} is {MaxAnswerLength}; it must be at least 1 token.");
            if (NoAnswerThreshold is not (>= 0 and <= 1))
                throw new ArgumentException($"{nameof(NoAnswerThreshold)} is {NoAnswerThreshold}; it must be from 0 to 1.");
            model.CheckMaxLength(MaxLength!.Value, hasPair: true);
            int most = MaxLength.Value - model.Tokenizer.Row.SpecialTokens(hasPair: true) - 2;
            if (Stride < 0 || Stride > most)
            {
                throw new ArgumentException(
                    $"{nameof(Stride)} is {Stride}; it must be from 0 to {most}, so that a window of {MaxLength} tokens has room for it, " +
                    "for a token of the question and for a new token.");
            }
            return this;
        }
    }
}
