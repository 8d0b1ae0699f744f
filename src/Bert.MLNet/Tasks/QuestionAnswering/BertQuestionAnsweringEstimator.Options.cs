using Bert.MLNet.DataViews;

namespace Bert.MLNet;

public sealed partial class BertQuestionAnsweringEstimator
{
    /// <summary>The options of <see cref="BertQuestionAnsweringEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The column that receives the answer. Default "Answer".</summary>
        public string OutputColumnName { get; init; } = "Answer";

        /// <summary>The column of questions. Default "Question".</summary>
        public string QuestionColumnName { get; init; } = "Question";

        /// <summary>The column of contexts. Default "Context".</summary>
        public string ContextColumnName { get; init; } = "Context";

        /// <summary>The column that receives the answer's score (<see cref="float"/>): the probability of its start times that of its end. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>The column that receives where the answer begins (<see cref="int"/>). Default "AnswerStart".</summary>
        public string StartColumnName { get; init; } = "AnswerStart";

        /// <summary>The column that receives where the answer ends (<see cref="int"/>). Default "AnswerEnd".</summary>
        public string EndColumnName { get; init; } = "AnswerEnd";

        /// <summary>How many answers the columns have, as vectors; fewer where the context has not so many. Default null: the best alone, as single values.</summary>
        public int? TopK { get; init; }

        /// <summary>The longest answer in tokens. Default 15.</summary>
        public int MaxAnswerLength { get; init; } = 15;

        /// <summary>Whether there may be no answer: empty text at 0, for a checkpoint that learnt from questions without answers. Default false.</summary>
        public bool HandleImpossibleAnswer { get; init; }

        /// <summary>
        /// From which share of the scores, 0 to 1, there is no answer: where the score of there being none, divided by that and the best answer's, is larger.
        /// 1: never. Default 0.5: where none is more probable than the best answer. A share of 1 / (1 + exp(−d)) stands for HuggingFace's
        /// <c>null_score_diff_threshold</c> d. Without effect unless <see cref="HandleImpossibleAnswer"/> is set.
        /// </summary>
        public float NoAnswerThreshold { get; init; } = 0.5f;

        /// <summary>The column that receives this share (<see cref="float"/>), by which <c>EvaluateQuestionAnswering</c> finds the best threshold. Default null: none.</summary>
        public string? NoAnswerColumnName { get; init; }

        /// <summary>How many tokens of the context a window repeats of the one before (<c>doc_stride</c>). Default null: half a window, at most 128.</summary>
        public int? Stride { get; init; }

        private const int MaxDefaultLength = 384, MaxDefaultStride = 128;

        /// <summary>These options with every null resolved against the checkpoint, checked.</summary>
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
                throw new ArgumentException($"{nameof(TopK)} is {TopK}; it must be at least 1, or null for the best answer as single values.");
            if (MaxAnswerLength < 1)
                throw new ArgumentException($"{nameof(MaxAnswerLength)} is {MaxAnswerLength}; it must be at least 1 token.");
            if (NoAnswerThreshold is not (>= 0 and <= 1))
                throw new ArgumentException($"{nameof(NoAnswerThreshold)} is {NoAnswerThreshold}; it must be from 0 to 1.");
            model.CheckMaxLength(MaxLength!.Value, hasPair: true);
            int most = MaxLength.Value - model.Tokenizer.Row.SpecialTokens(hasPair: true) - 2;
            if (Stride < 0 || Stride > most)
            {
                throw new ArgumentException(
                    $"{nameof(Stride)} is {Stride}; it must be from 0 to {most}, so that a window of {MaxLength} has room for it, " +
                    "for a token of the question and for one that is new.");
            }
            return this;
        }
    }
}
