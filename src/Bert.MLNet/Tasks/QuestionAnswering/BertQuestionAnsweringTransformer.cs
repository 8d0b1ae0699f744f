using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertQuestionAnsweringTransformer), null, typeof(SignatureLoadModel), "BERT question answering",
    BertQuestionAnsweringTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of answers for columns of questions and contexts. Created by <see cref="BertQuestionAnsweringEstimator"/>, by a
/// trainer, or loaded from a model file.
/// </summary>
/// <inheritdoc/>
public sealed partial class BertQuestionAnsweringTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertQuestionAnswering";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTQUES", LoaderSignature);

    private readonly BertQuestionAnsweringEstimator.Options _options;
    private readonly QuestionAnsweringTask _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertQuestionAnsweringTransformer(IHostEnvironment env, BertQuestionAnsweringEstimator.Options options) : base(env, options)
    {
        _options = options;
        _task = new QuestionAnsweringTask(options);
    }

    /// <summary>
    /// Creates a predictor of answers, best first: one answer, or as many as <see cref="BertQuestionAnsweringEstimator.Options.TopK"/>
    /// allows. It uses this transformer and does not dispose of it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<BertQuestion, IReadOnlyList<BertAnswer>> CreateQuestionAnswerer() => CreatePredictor(
        Bind(QuestionAnsweringOutputs.ColumnsOf(_options).InputSchema),
        (BertQuestion question) =>
            [new QuestionAnsweringTask.Row { Text = question.Question.AsMemory(), Pair = question.Context.AsMemory() }],
        rows => BertAnswer.Of(_task.AnswerOf(rows[0])));

    private protected override VersionInfo Version => Format;

    internal static BertQuestionAnsweringTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper<QuestionAnsweringTask.Row, TokenWindow<QuestionAnsweringTask.Logits>> Bind(
        DataViewSchema inputSchema) =>
        _task.Bind(QuestionAnsweringOutputs.ColumnsOf(_options), QuestionAnsweringOutputs.AnswersOf(_options), inputSchema);
}
