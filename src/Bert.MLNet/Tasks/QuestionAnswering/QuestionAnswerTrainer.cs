using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find the answer to a question in a context, as SQuAD has it.</summary>
/// <remarks>
/// <para>
/// Input: text columns of questions and contexts; the answers, text that stands in the context, and where they begin in it (<see
/// cref="int"/>, UTF-16 units). A row may have vectors of both, any answer of which is right; the first that stands in a window is learnt.
/// Empty or missing text as the answer: the context has none. An answer that is not at its index is looked for at as many code points,
/// which Python counts, and then in the whole context; where it stands several times or nowhere, the row is refused.
/// </para>
/// <para>
/// Output of what is fitted is that of <see cref="BertQuestionAnsweringEstimator"/>: answers as they stand in the context, the best first,
/// with their scores and places.
/// </para>
/// <para>
/// A context longer than the model is read in windows that overlap, each a row of its own in batches; one without the answer learns that
/// there is none. The metric of validation is the F1 of SQuAD's script.
/// </para>
/// </remarks>
public sealed class QuestionAnswerTrainer : IEstimator<BertQuestionAnsweringTransformer>
{
    /// <summary>The options of <see cref="QuestionAnswerTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The column of contexts. Default "Context".</summary>
        public string ContextColumnName { get; init; } = "Context";

        /// <summary>The column of questions. Default "Question".</summary>
        public string QuestionColumnName { get; init; } = "Question";

        /// <summary>The column of right answers: text, or vectors of text. Default "TrainingAnswer".</summary>
        public string TrainingAnswerColumnName { get; init; } = "TrainingAnswer";

        /// <summary>The column of where they begin in the context: <see cref="int"/>, or vectors of it. Default "AnswerIndex".</summary>
        public string AnswerIndexStartColumnName { get; init; } = "AnswerIndex";

        /// <summary>The column of predicted answers that the fitted transformer adds. Default "Answer".</summary>
        public string PredictedAnswerColumnName { get; init; } = "Answer";

        /// <summary>The column of their scores that it adds: the probability of the start times that of the end. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>The column of where they begin. Default "AnswerStart".</summary>
        public string StartColumnName { get; init; } = "AnswerStart";

        /// <summary>The column of where they end. Default "AnswerEnd".</summary>
        public string EndColumnName { get; init; } = "AnswerEnd";

        /// <summary>
        /// The column of the share of there being no answer; see <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerColumnName"/>.
        /// Default null: none.
        /// </summary>
        public string? NoAnswerColumnName { get; init; }

        /// <summary>How many answers are predicted, at most, as vectors; null: the best alone, as single values. Default 3.</summary>
        public int? TopKAnswers { get; init; } = 3;

        /// <summary>The longest predicted answer in tokens. Default 30.</summary>
        public int MaxAnswerLength { get; init; } = 30;

        /// <summary>Whether there may be no answer: empty text at 0. Default null: if some of the rows to learn from have none.</summary>
        public bool? HandleImpossibleAnswer { get; init; }

        /// <summary>
        /// From which share of the scores there is none; see <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerThreshold"/>.
        /// Default 0.5.
        /// </summary>
        public float NoAnswerThreshold { get; init; } = 0.5f;

        /// <summary>How many tokens of the context a window repeats of the one before. Default null: half a window, at most 128.</summary>
        public int? Stride { get; init; }

        private protected override int? LongestOf(BertModel model) => null;
    }

    private readonly IEstimator<BertQuestionAnsweringTransformer> _trainer;

    internal QuestionAnswerTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        IHost host = env.Register(nameof(QuestionAnswerTrainer));
        _trainer = FineTuningTrainer.Create(host, options, new AnswerTraining(host, options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertQuestionAnsweringTransformer Fit(IDataView input) => _trainer.Fit(input);
}
