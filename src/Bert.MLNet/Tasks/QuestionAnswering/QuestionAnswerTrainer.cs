using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find the answer to a question in a context, as in SQuAD.</summary>
/// <remarks>
/// <para>
/// Input: text columns of questions and contexts; the answers, exactly as in the context; and their start positions in it (
/// <see cref="int"/>, UTF-16 code units). A row can have vectors of both for alternative answers; the first that occurs in a window is
/// its target. If the answer is empty or missing, the context has none. If an answer is not at its index, the index is tried as a
/// number of code points, as in Python, and then the whole context is searched. If the answer does not occur there exactly once, an
/// exception is thrown.
/// </para>
/// <para>
/// Output of the fitted transformer: the columns of <see cref="BertQuestionAnsweringEstimator"/> with the answers exactly as in the
/// context, best first, and their scores and positions.
/// </para>
/// <para>
/// Contexts that are longer than the model's maximum are read in overlapping windows, each of which counts as a row of a batch. A
/// window without the answer is a training row without an answer. The validation metric is the F1 score of SQuAD's script.
/// </para>
/// </remarks>
public sealed class QuestionAnswerTrainer : IEstimator<BertQuestionAnsweringTransformer>
{
    /// <summary>The options of <see cref="QuestionAnswerTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The name of the context column. Default "Context".</summary>
        public string ContextColumnName { get; init; } = "Context";

        /// <summary>The name of the question column. Default "Question".</summary>
        public string QuestionColumnName { get; init; } = "Question";

        /// <summary>The name of the column of correct answers: text, or vectors of text. Default "TrainingAnswer".</summary>
        public string TrainingAnswerColumnName { get; init; } = "TrainingAnswer";

        /// <summary>
        /// The name of the column of their starts in the context: <see cref="int"/>, or vectors of it. Default "AnswerIndex".
        /// </summary>
        public string AnswerIndexStartColumnName { get; init; } = "AnswerIndex";

        /// <summary>The name of the column of predicted answers that the fitted transformer adds. Default "Answer".</summary>
        public string PredictedAnswerColumnName { get; init; } = "Answer";

        /// <summary>
        /// The name of the column of their scores that it adds: the product of the probabilities of start and end. Default "Score".
        /// </summary>
        public string ScoreColumnName { get; init; } = "Score";

        /// <summary>The name of the column of their starts. Default "AnswerStart".</summary>
        public string StartColumnName { get; init; } = "AnswerStart";

        /// <summary>The name of the column of their ends. Default "AnswerEnd".</summary>
        public string EndColumnName { get; init; } = "AnswerEnd";

        /// <summary>
        /// The name of the column with the share of "no answer"; see
        /// <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerColumnName"/>. Default null: the column is omitted.
        /// </summary>
        public string? NoAnswerColumnName { get; init; }

        /// <summary>
        /// The maximum number of predicted answers, returned as vectors; null for only the best, as single values. Default 3.
        /// </summary>
        public int? TopKAnswers { get; init; } = 3;

        /// <summary>The maximum length of a predicted answer in tokens. Default 30.</summary>
        public int MaxAnswerLength { get; init; } = 30;

        /// <summary>
        /// Whether an empty answer at position 0 is possible. Default null: true if some of the training rows have no answer.
        /// </summary>
        public bool? HandleImpossibleAnswer { get; init; }

        /// <summary>
        /// The share above which no answer is predicted; see
        /// <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerThreshold"/>. Default 0.5.
        /// </summary>
        public float NoAnswerThreshold { get; init; } = 0.5f;

        /// <summary>
        /// The number of context tokens that a window repeats from the previous one. Default null: half a window, at most 128.
        /// </summary>
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
