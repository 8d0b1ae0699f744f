using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Experiments;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>Predictions as a few numbers for each row, from which metrics and their standard errors are computed.</summary>
/// <param name="Metrics">The metrics, under the names of <c>NAME.metrics.json</c>.</param>
/// <param name="Rows">The numbers of each row.</param>
internal sealed record Outcomes(IReadOnlyList<OutcomeMetric> Metrics, double[][] Rows)
{
    /// <summary>With more rows, only some of them are resampled, and the error is scaled.</summary>
    private const int MostResampledRows = 5000;

    public const string StandardErrorsKey = "StandardErrors";

    private static readonly IReadOnlyList<OutcomeMetric> s_similarity =
    [
        .. SimilarityTask.AllMetrics,
        new("RSquared", true, rows =>
        {
            double mean = rows.Average(row => row[0]);
            return 1 - rows.Sum(row => Square(row[1] - row[0])) / rows.Sum(row => Square(row[0] - mean));
        }),
    ];

    /// <summary>The name of what predicts without a model, and its outcomes; null if they depend on the training rows.</summary>
    public (string Name, double[][] Rows)? WithoutModel { get; private init; }

    /// <summary>Reads predictions, whose columns determine the task. Rows of labels that the model has never seen are left out.</summary>
    public static Outcomes Read(MLContext ml, IDataView predictions) =>
        Training.Metrics.KindOf(predictions) switch
        {
            PredictionKind.Entities => OfEntities(EntityResult.Read(ml, predictions)),
            PredictionKind.Answers => OfAnswers(AnswerResult.Read(ml, predictions)),
            PredictionKind.Labels => OfClassifier(ClassificationResult.Read(ml, predictions)),
            _ => new(s_similarity, [.. SimilarityResult.Read(ml, predictions).Rows.Select(row => new double[] { row.Label, row.Score })]),
        };

    /// <summary>The metrics with their standard errors, for a baseline.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (OutcomeMetric metric in Metrics)
            json[metric.Name] = ProgressState.Number(metric.Compute(Rows));
        AddStandardErrorsTo(json);
        return json;
    }

    /// <summary>Adds the standard error of each metric to metrics, from bootstrap resamples of the rows.</summary>
    public void AddStandardErrorsTo(JsonObject json) => json[StandardErrorsKey] = new JsonObject(Metrics.Select(metric =>
        KeyValuePair.Create(metric.Name, ProgressState.Number(StandardError(metric)))));

    /// <summary>The names of the metrics in JSON that have a standard error.</summary>
    public static IEnumerable<string> Measured(JsonObject metrics) =>
        metrics[StandardErrorsKey] is JsonObject errors ? errors.Select(error => error.Key) : [];

    /// <summary>The standard error of a metric in JSON; null if there is none.</summary>
    public static double? StandardErrorOf(JsonObject metrics, string name) => (double?)metrics[StandardErrorsKey]?[name];

    /// <summary>The standard error of a metric; NaN if nearly no resample has the metric.</summary>
    public double StandardError(OutcomeMetric metric)
    {
        if (Rows.Length == 0)
            return double.NaN;
        int step = (Rows.Length + MostResampledRows - 1) / MostResampledRows;
        double[][] some = [.. Rows.Where((_, i) => i % step == 0)];
        double[] finite = [.. metric.Replicates(some).Where(double.IsFinite)];
        return finite.Length < 2 ? double.NaN : OutcomeMetric.Deviation(finite) * Math.Sqrt((double)some.Length / Rows.Length);
    }

    // Label, predicted label, and the probabilities of both.
    private static Outcomes OfClassifier(ClassificationResult result) => new(
        [
            .. ClassificationTask.AllMetrics,
            new("MacroF1", true, MacroF1),
            new("LogLossReduction", true, LogLossReduction),
            new("ExpectedCalibrationError", false, rows =>
                new Calibration(rows.Select(row => ((float)row[3], row[0] == row[1]))).ExpectedCalibrationError),
            .. result.Labels.Count == 2
                ? [new OutcomeMetric("AreaUnderRocCurve", true, rows =>
                    RocCurve.Area(rows.Select(row => ((float)(row[0] == 1 ? row[2] : 1 - row[2]), row[0] == 1))))]
                : Array.Empty<OutcomeMetric>(),
        ],
        [.. result.Rows.Select(row => new double[] { row.Label, row.Predicted, row.Scores[row.Label], row.Confidence })]);

    private static double MacroF1(IReadOnlyList<double[]> rows)
    {
        Dictionary<double, int> labelled = rows.CountBy(row => row[0]).ToDictionary(), predicted =
            rows.CountBy(row => row[1]).ToDictionary(), right = rows.Where(row => row[0] == row[1]).CountBy(row => row[0]).ToDictionary();
        return labelled.Keys.Union(predicted.Keys).Average(label =>
            2.0 * right.GetValueOrDefault(label) / (labelled.GetValueOrDefault(label) + predicted.GetValueOrDefault(label)));
    }

    private static double LogLossReduction(IReadOnlyList<double[]> rows)
    {
        double entropy = -rows.CountBy(row => row[0]).Sum(label => Share(label.Value) * Math.Log(Share(label.Value)));
        return 1 - ClassificationTask.LogLoss(rows) / entropy;

        double Share(int count) => (double)count / rows.Count;
    }

    // For each type: correct, found and labelled entities.
    private static Outcomes OfEntities(EntityResult result)
    {
        string[] types = [.. result.Types.Select(type => type.Label)];
        double[][] rows =
        [
            .. result.Rows.Select(row => types.SelectMany(type => new double[]
            {
                row.Right.Count(span => span.Type == type), row.Found.Count(found => found.Span.Type == type),
                row.Labelled.Count(span => span.Type == type),
            }).ToArray()),
        ];
        return new(
            [
                new("Precision", true, rows => Sum(rows, _ => true).Precision),
                new("Recall", true, rows => Sum(rows, _ => true).Recall),
                new("F1Score", true, rows => Sum(rows, _ => true).F1Score),
                new("MacroF1Score", true, rows =>
                    types.Select((_, i) => Sum(rows, type => type == i).F1Score).DefaultIfEmpty(double.NaN).Average()),
            ], rows)
        {
            WithoutModel = ("no entities", [.. rows.Select(row => row.Select((count, i) => i % 3 == 2 ? count : 0).ToArray())]),
        };

        static NamedEntityScores Sum(IReadOnlyList<double[]> rows, Func<int, bool> isIncluded)
        {
            double[] sums = new double[3];
            foreach (double[] row in rows)
            {
                for (int i = 0; i < row.Length; i++)
                    sums[i % 3] += isIncluded(i / 3) ? row[i] : 0;
            }
            return NamedEntityScores.Of((long)sums[0], (long)sums[1], (long)sums[2]);
        }
    }

    // Exact match, F1 score, and whether there is an answer.
    private static Outcomes OfAnswers(AnswerResult result)
    {
        double[][] rows = [.. result.Rows.Select(
            row => new[] { row.Scores.ExactMatch, row.Scores.F1Score, row.Right.Any(text => text.Length > 0) ? 1 : 0 })];
        return new(
            [
                new("ExactMatch", true, rows => rows.Average(row => row[0])),
                new("F1Score", true, rows => rows.Average(row => row[1])),
                .. rows.Any(row => row[2] == 0)
                    ? [Part("HasAnswerExactMatch", 0, 1), Part("HasAnswerF1Score", 1, 1), Part("NoAnswerExactMatch", 0, 0)]
                    : Array.Empty<OutcomeMetric>(),
            ], rows)
        {
            WithoutModel = ("no answer", [.. rows.Select(row => new[] { 1 - row[2], 1 - row[2], row[2] })]),
        };

        static OutcomeMetric Part(string name, int value, int part) => new(name, true,
            rows => rows.Where(row => row[2] == part).Select(row => row[value]).DefaultIfEmpty(double.NaN).Average());
    }

    private static double Square(double value) => value * value;
}
