using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Fine-tunes a checkpoint to find the answer to a question in a context, as SQuAD has it.</summary>
/// <remarks>
/// <para>
/// Input: text columns of questions and contexts; the answers, text that stands in the context, and where they begin in it (<see cref="int"/>,
/// UTF-16 units). A row may have vectors of both, any answer of which is right; the first that stands in a window is learnt. Empty or missing
/// text as the answer: the context has none. An answer that is not at its index is looked for at as many code points, which Python counts, and
/// then in the whole context; where it stands several times or nowhere, the row is refused.
/// </para>
/// <para>
/// Output of what is fitted is that of <see cref="BertQuestionAnsweringEstimator"/>: answers as they stand in the context, the best first, with
/// their scores and places.
/// </para>
/// <para>
/// A context longer than the model is read in windows that overlap, each a row of its own in batches; one without the answer learns that there is
/// none. The metric of validation is the F1 of SQuAD's script.
/// </para>
/// </remarks>
public sealed class QuestionAnswerTrainer : BertTrainer<BertQuestionAnsweringTransformer>
{
    /// <summary>Settings of <see cref="QuestionAnswerTrainer"/>.</summary>
    public sealed class Options : BertTrainingOptions
    {
        /// <summary>The column of contexts. Default "Context".</summary>
        public string ContextColumnName { get; set; } = "Context";

        /// <summary>The column of questions. Default "Question".</summary>
        public string QuestionColumnName { get; set; } = "Question";

        /// <summary>The column of right answers: text, or vectors of text. Default "TrainingAnswer".</summary>
        public string TrainingAnswerColumnName { get; set; } = "TrainingAnswer";

        /// <summary>The column of where they begin in the context: <see cref="int"/>, or vectors of it. Default "AnswerIndex".</summary>
        public string AnswerIndexStartColumnName { get; set; } = "AnswerIndex";

        /// <summary>The column of predicted answers that the fitted transformer adds. Default "Answer".</summary>
        public string PredictedAnswerColumnName { get; set; } = "Answer";

        /// <summary>The column of their scores that it adds: the probability of the start times that of the end. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>The column of where they begin. Default "AnswerStart".</summary>
        public string StartColumnName { get; set; } = "AnswerStart";

        /// <summary>The column of where they end. Default "AnswerEnd".</summary>
        public string EndColumnName { get; set; } = "AnswerEnd";

        /// <summary>The column of the share of there being no answer; see <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerColumnName"/>. Default null: none.</summary>
        public string? NoAnswerColumnName { get; set; }

        /// <summary>How many answers are predicted, at most, as vectors; null: the best alone, as single values. Default 3.</summary>
        public int? TopKAnswers { get; set; } = 3;

        /// <summary>The longest predicted answer in tokens. Default 30.</summary>
        public int MaxAnswerLength { get; set; } = 30;

        /// <summary>Whether there may be no answer: empty text at 0. Default null: if some of the rows to learn from have none.</summary>
        public bool? HandleImpossibleAnswer { get; set; }

        /// <summary>From which share of the scores there is none; see <see cref="BertQuestionAnsweringEstimator.Options.NoAnswerThreshold"/>. Default 0.5.</summary>
        public float NoAnswerThreshold { get; set; } = 0.5f;

        /// <summary>How many tokens of the context a window repeats of the one before. Default null: half a window, at most 128.</summary>
        public int? Stride { get; set; }
    }

    private readonly Options _options;
    private readonly QuestionAnsweringSettings _settings;
    private readonly QuestionWindows _windows;

    internal QuestionAnswerTrainer(IHostEnvironment env, BertModel? model, Options options)
        : base(env, nameof(QuestionAnswerTrainer), model, options = (Options)options.Copy())
    {
        _options = options;
        Host.CheckNonEmpty(options.TrainingAnswerColumnName, nameof(options.TrainingAnswerColumnName));
        Host.CheckNonEmpty(options.AnswerIndexStartColumnName, nameof(options.AnswerIndexStartColumnName));
        _settings = QuestionAnsweringSettings.Create(Model, new BertQuestionAnsweringEstimator.Options
        {
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
        });
        _ = _settings.Columns;
        _windows = new QuestionWindows(Model.Tokenizer, _settings.MaxLength, _settings.Stride);
    }

    private protected override SchemaShape OutputsOver(SchemaShape inputSchema)
    {
        QuestionColumns.CheckAnswers(inputSchema, _options);
        return _settings.Columns.AddTo(inputSchema);
    }

    private protected override BertQuestionAnsweringTransformer Train(IDataView input)
    {
        (TrainingRow[] rows, TrainingRow[] validation) = Read(input, ReadRows);
        AnsweredQuestion[] questions = [.. rows.Cast<AnsweredQuestionRow>().Select(row => row.Question)];
        if (questions.All(question => question.Answers.Count == 0))
            throw new InvalidOperationException($"No row has an answer in column '{_options.TrainingAnswerColumnName}', so there is nothing to learn.");

        QuestionAnsweringSettings settings = _settings with { HandleImpossibleAnswer = _options.HandleImpossibleAnswer ?? questions.Any(question => question.Answers.Count == 0) };
        BertConfig config = Model.Config.WithHead(HeadKind.QuestionAnswering, BertConfig.DefaultLabels(2).Values);
        var objective = new AnswerSpanObjective(some => F1Score(some, new AnswerSearch(settings)));
        BertModel trained = FineTuning.Run(Host, Model, config, objective, _options, rows, validation);
        return new BertQuestionAnsweringTransformer(FittedEnvironment, trained, settings, _options.Batching);
    }

    private TrainingRow[] ReadRows(IDataView data)
    {
        var columns = new QuestionColumns(data.Schema, _options);
        var labeller = new AnswerLabeller(_windows, _settings.Stride, _options);
        using IChannel channel = Host.Start("Reading");
        var rows = new List<TrainingRow>();
        DataScan.Run(Host, data, columns.All, row =>
        {
            Func<AnsweredQuestion> read = columns.CreateReader(row);
            return () => rows.AddRange(labeller.Rows(read(), row.Position));
        });
        if (labeller.Moved > 0)
            channel.Warning($"Answers that do not stand at their index in column '{_options.AnswerIndexStartColumnName}' and were found elsewhere in the context: {labeller.Moved}.");
        return [.. rows];
    }

    /// <summary>The F1 of the answers that the fitted transformer would give.</summary>
    private double F1Score(IReadOnlyList<(TrainingRow Row, float[] Logits)> rows, AnswerSearch search)
    {
        (AnsweredQuestionRow Row, float[] Logits)[][] contexts = [.. rows.Select(row => (Row: (AnsweredQuestionRow)row.Row, row.Logits)).GroupBy(row => row.Row.Position).Select(windows => windows.ToArray())];
        var found = new AnswersInContext[contexts.Length];
        Workers.Share(contexts.Length, _options.Threads, (_, i) =>
        {
            AnsweredQuestion question = contexts[i][0].Row.Question;
            BertEncoding encoding = _windows.Of(question.Question, question.Context);
            found[i] = search.Find(question.Context.AsMemory(), contexts[i].OrderBy(window => window.Row.Window).Select(window =>
                (window.Row.Window == 0 ? encoding : encoding.Overflowing[window.Row.Window - 1], Values(window.Logits, 0), Values(window.Logits, 1))));
        });
        var evaluator = new QuestionAnsweringEvaluator();
        for (int i = 0; i < contexts.Length; i++)
            evaluator.Add([.. contexts[i][0].Row.Question.Answers.Select(answer => answer.Text.AsMemory())], found[i].TextOf(found[i].Best));
        return evaluator.Metrics().Overall.F1Score;

        static float[] Values(float[] logits, int which) => [.. logits.Where((_, i) => i % 2 == which)];
    }
}
