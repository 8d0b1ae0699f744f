using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Experiments;

/// <summary>
/// Experiments for answers to questions. An outcome is exact match and F1 score; the label of a row is 1 if it has an answer, otherwise 0.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed.</param>
internal sealed class AnswerTask(QuestionAnsweringExperimentSettings settings, int seed) : TrainedTask
{
    private const string Answer = "Answer";

    private static readonly OutcomeMetric[] s_metrics =
        [new("F1Score", true, rows => rows.Average(row => row[1])), new("ExactMatch", true, rows => rows.Average(row => row[0]))];

    private readonly MLContext _ml = new(seed);

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } =
        [.. s_metrics.OrderBy(metric => metric.Name != settings.OptimizingMetric.ToString())];

    public override IReadOnlyList<string> Texts => [settings.QuestionColumnName, settings.ContextColumnName];

    public override IDataView Prepare(MLContext ml, IDataView data)
    {
        InputColumn.FindText(data.Schema, settings.QuestionColumnName, nameof(settings.QuestionColumnName));
        InputColumn.FindText(data.Schema, settings.ContextColumnName, nameof(settings.ContextColumnName));
        Find(data, settings.TrainingAnswerColumnName, nameof(settings.TrainingAnswerColumnName));
        return data;
    }

    public override double[] Labels(IDataView data) =>
        [.. Read(data, settings.TrainingAnswerColumnName).Select(answers => answers.Any(answer => !answer.IsEmpty) ? 1.0 : 0)];

    public override void Check(double[] labels)
    {
        if (labels.All(label => label == 0))
            throw new InvalidOperationException(
                $"None of the {labels.Length} questions has an answer in column '{settings.TrainingAnswerColumnName}', so there is " +
                "nothing to learn.");
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) =>
        [new("no answer", (_, test) => [.. test.Select(label => new[] { 1 - label, 1 - label })])];

    public override ITransformer FineTune(
        MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows) =>
        ml.MulticlassClassification.Trainers.QuestionAnswer(Apply(contender, run, epochs, seed, new QuestionAnswerTrainer.Options
        {
            ContextColumnName = settings.ContextColumnName,
            QuestionColumnName = settings.QuestionColumnName,
            TrainingAnswerColumnName = settings.TrainingAnswerColumnName,
            AnswerIndexStartColumnName = settings.AnswerIndexStartColumnName,
            PredictedAnswerColumnName = Answer,
            TopKAnswers = settings.TopKAnswers,
        })).Fit(rows);

    public override double[][] Outcomes(IDataView predictions) =>
    [
        .. Read(predictions, settings.TrainingAnswerColumnName).Zip(Read(predictions, Answer), (right, predicted) =>
        {
            var evaluator = new QuestionAnsweringEvaluator();
            evaluator.Add(right, predicted.FirstOrDefault());
            AnswerScores scores = evaluator.Metrics().Overall;
            return new[] { scores.ExactMatch, scores.F1Score };
        }),
    ];

    private List<ReadOnlyMemory<char>[]> Read(IDataView data, string name)
    {
        DataViewSchema.Column column = Find(data, name, nameof(name));
        List<ReadOnlyMemory<char>[]> rows = [];
        DataScan.Run(_ml, data, [column], row =>
        {
            Func<ReadOnlyMemory<char>[]> read = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, column);
            return () => rows.Add([.. read().Select(text => text.ToString().AsMemory())]);
        });
        return rows;
    }

    private static DataViewSchema.Column Find(IDataView data, string name, string option) =>
        OneOrManyColumn.Find(data.Schema, name, option, TextDataViewType.Instance);
}
