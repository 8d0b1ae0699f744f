using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains on the positions of answers in contexts.</summary>
internal sealed class AnswerTraining : ITrainingTask<QuestionTarget, BertForQuestionAnswering, BertQuestionAnsweringTransformer>
{
    private readonly BertModel _model;
    private readonly QuestionAnswerTrainer.Options _options;
    private readonly BertQuestionAnsweringEstimator.Options _outputs;
    private readonly QuestionWindows _windows;

    public AnswerTraining(IHost host, QuestionAnswerTrainer.Options options)
    {
        (_model, _options) = (options.Checkpoint, options);
        host.CheckNonEmpty(options.TrainingAnswerColumnName, nameof(options.TrainingAnswerColumnName));
        host.CheckNonEmpty(options.AnswerIndexStartColumnName, nameof(options.AnswerIndexStartColumnName));
        _outputs = new BertQuestionAnsweringEstimator.Options
        {
            Model = _model,
            Batching = options.Batching,
            OutputColumnName = options.PredictedAnswerColumnName,
            QuestionColumnName = options.QuestionColumnName,
            ContextColumnName = options.ContextColumnName,
            ScoreColumnName = options.ScoreColumnName,
            StartColumnName = options.StartColumnName,
            EndColumnName = options.EndColumnName,
            NoAnswerColumnName = options.NoAnswerColumnName,
            TopK = options.TopKAnswers,
            MaxAnswerLength = options.MaxAnswerLength,
            NoAnswerThreshold = options.NoAnswerThreshold,
            Stride = options.Stride,
            MaxLength = options.MaxLength,
        }.Resolve();
        _ = QuestionAnsweringOutputs.ColumnsOf(_outputs);
        _windows = new QuestionWindows(_model.Tokenizer, _outputs.MaxLength!.Value, _outputs.Stride!.Value);
    }

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        QuestionColumns.CheckAnswers(inputSchema, _options);
        return QuestionAnsweringOutputs.ColumnsOf(_outputs).AddTo(inputSchema);
    }

    public QuestionTarget Bind(DataViewSchema schema) =>
        new(new QuestionColumns(schema, _options), new AnswerLabeller(_windows, _outputs.Stride!.Value, _options));

    public TrainingPlan<BertForQuestionAnswering, BertQuestionAnsweringTransformer> Plan(
        QuestionTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        AnsweredQuestion[] questions = [.. rows.Cast<AnsweredQuestionRow>().Select(row => row.Question)];
        int impossible = questions.Count(question => question.Answers.Count == 0);
        if (impossible == questions.Length)
        {
            throw new InvalidOperationException(
                $"No row has an answer in column '{_options.TrainingAnswerColumnName}', so there is nothing to learn.");
        }
        bool handleImpossible = _options.HandleImpossibleAnswer ?? impossible > 0;
        BertQuestionAnsweringEstimator.Options outputs = _outputs with { HandleImpossibleAnswer = handleImpossible };
        BertConfig config = _model.Config.WithHead(HeadKind.QuestionAnswering, BertConfig.DefaultLabels(2).Values);
        var objective = new AnswerSpanObjective(some => F1Score(some, new AnswerSearch(outputs)));
        return new(rows, config, objective, (env, trained) => new(env, outputs with { Model = trained }));
    }

    /// <summary>Computes the F1 score of the answers that the fitted transformer would return.</summary>
    private double F1Score(IReadOnlyList<(TrainingRow Row, float[] Logits)> rows, AnswerSearch search)
    {
        (AnsweredQuestionRow Row, float[] Logits)[][] contexts =
        [
            .. rows.Select(row => (Row: (AnsweredQuestionRow)row.Row, row.Logits))
                .GroupBy(row => row.Row.Position).Select(context => context.ToArray()),
        ];
        var found = new AnswersInContext[contexts.Length];
        Workers.Share(contexts.Length, _options.Threads, (_, i) =>
        {
            AnsweredQuestion question = contexts[i][0].Row.Question;
            BertEncoding encoding = _windows.Of(question.Question, question.Context);
            found[i] = search.Find(question.Context.AsMemory(), contexts[i].OrderBy(window => window.Row.Window).Select(window => (
                window.Row.Window == 0 ? encoding : encoding.Overflowing[window.Row.Window - 1],
                Values(window.Logits, 0), Values(window.Logits, 1))));
        });
        var evaluator = new QuestionAnsweringEvaluator();
        for (int i = 0; i < contexts.Length; i++)
        {
            IReadOnlyList<AnswerInText> answers = contexts[i][0].Row.Question.Answers;
            evaluator.Add([.. answers.Select(answer => answer.Text.AsMemory())], found[i].TextOf(found[i].Best));
        }
        return evaluator.Metrics().Overall.F1Score;

        static float[] Values(float[] logits, int which) => [.. logits.Where((_, i) => i % 2 == which)];
    }
}
