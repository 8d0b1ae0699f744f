using System.Text.Json.Nodes;
using System.Xml.Linq;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>Creates the report of a model. The columns of its predictions determine the sections.</summary>
internal static class ResultReport
{
    private const int ExamplesOfAKind = 2;

    /// <param name="ml">The context.</param>
    /// <param name="report">The description of the training.</param>
    /// <param name="trained">The trained checkpoint.</param>
    /// <param name="predictions">The predictions for the test rows, or null if there are none.</param>
    /// <param name="metrics">The metrics of the predictions and of baselines.</param>
    /// <param name="metric">The metric by which models are compared.</param>
    public static XElement Create(
        MLContext ml, TrainingReport report, BertModel trained, IDataView? predictions, JsonObject metrics, string metric)
    {
        if (predictions is null)
            return report.ToPage([("Training rows", Count(report.Data[0].Rows.Count))]);
        DataViewSchema columns = predictions.Schema;
        if (Has(nameof(FoundEntities.EntityStarts)))
        {
            EntityResult entities = EntityResult.Read(ml, predictions);
            return Page([("F1", Figure("F1Score")), ("Precision", Figure("Precision")), ("Recall", Figure("Recall")),
                ("Macro F1", Figure("MacroF1Score"))],
                EntitySections.Create(entities),
                BestAndWorst(entities.Rows, row => row.Errors,
                row => (row.Text, "", $"{row.Right.Count()} of {row.Labelled.Count} entities are found, and {row.Wrong.Count()} found by " +
                "mistake")));
        }
        if (Has(nameof(FoundAnswers.AnswerStart)))
        {
            AnswerResult answers = AnswerResult.Read(ml, predictions);
            return Page([("Exact match", Figure("ExactMatch")), ("F1", Figure("F1Score"))],
                AnswerSections.Create(answers),
                BestAndWorst(answers.Rows, row => 1 - row.Scores.F1Score,
                row => (row.Question, row.Context, $"F1 {Number(row.Scores.F1Score)}, confidence {Percent(row.Score)}")));
        }
        if (!Has("PredictedLabel"))
        {
            SimilarityResult similarity = SimilarityResult.Read(ml, predictions);
            return Page([("Pearson correlation", Figure("PearsonCorrelation")),
                ("Pearson correlation of the plain cosine", Figure("CosinePearsonCorrelation")),
                ("Spearman correlation", Figure("SpearmanCorrelation")), ("Mean absolute error", Figure("MeanAbsoluteError")),
                ("Root mean squared error", Figure("RootMeanSquaredError"))],
                [.. SimilaritySections.Create(similarity, metrics), NGrams([])],
                BestAndWorst(similarity.Rows, row => Math.Abs(row.Residual),
                row => (row.Text, Read(row.Pair), $"Score {Short(row.Score)}, label {Short(row.Label)}")));
        }
        ClassificationResult result = ClassificationResult.Read(ml, predictions);
        ClassifiedRow[] examples = Examples(result);
        return Page([("Accuracy", WithError("MicroAccuracy", Percent)), ("Macro F1", Figure("MacroF1")),
            ("Log-loss", Figure("LogLoss")),
            .. result.AreaUnderRocCurve is null ? Array.Empty<(string, string)>() : [("Area under ROC", Figure("AreaUnderRocCurve"))],
            ("Calibration error", Percent(result.Calibration.ExpectedCalibrationError))],
            [
                .. ClassificationSections.Create(result), NGrams(result.Labels),
                report.Method == MethodOption.Embed ? null : ExplanationSection.Create(ml, trained, [.. examples.Select(row =>
                    (row.Text, row.Pair, result.Labels[row.Predicted], Caption(row)))]),
            ],
            [.. examples.Select(row => (row.Text, Read(row.Pair), Caption(row)))]);

        bool Has(string column) => columns.GetColumnOrNull(column) is not null;

        XElement? NGrams(IReadOnlyList<string> labels) =>
            NGramSection.Create(report.NGrams, labels, metric, (double?)metrics[metric]);

        string Figure(string key) => WithError(key, Number);

        string WithError(string key, Func<double, string> format) => format((double?)metrics[key] ?? double.NaN) +
            (Outcomes.StandardErrorOf(metrics, key) is { } error ? $" ± {format(error)}" : "");

        XElement Page((string, string)[] figures, IEnumerable<XElement?> sections, (string, string, string)[] examples) =>
            report.ToPage([.. figures, ("Test rows", Count(report.Data[^1].Rows.Count))],
                [
                    ComparisonSection.Create(metrics, metric), .. sections,
                    AttentionSection.Create(ml, trained, report.HasNetwork ? examples : []),
                ]);

        // With vectors, the encoder reads each text separately.
        string Read(string pair) => report.ReadsSeparately ? "" : pair;

        ClassifiedRow[] Examples(ClassificationResult result)
        {
            IEnumerable<ClassifiedRow> wrong =
                result.Rows.Where(row => !row.IsRight).OrderByDescending(row => row.Confidence).Take(ExamplesOfAKind);
            IEnumerable<ClassifiedRow> right = result.Rows.Where(row => row.IsRight).OrderByDescending(row => row.Confidence)
                .DistinctBy(row => row.Label).Take(ExamplesOfAKind);
            return [.. right, .. wrong];
        }

        string Caption(ClassifiedRow row) => row.IsRight
            ? $"Correct: {result.Labels[row.Label]}, {Percent(row.Confidence)}"
            : $"Wrong: {result.Labels[row.Predicted]}, {Percent(row.Confidence)}; the label is {result.Labels[row.Label]}";
    }

    /// <summary>Selects the best and the worst rows.</summary>
    private static (string, string, string)[] BestAndWorst<TRow>(
        IEnumerable<TRow> rows, Func<TRow, double> error, Func<TRow, (string, string, string)> show)
    {
        TRow[] ordered = [.. rows.OrderBy(error)];
        return [.. ordered.Take(ExamplesOfAKind).Concat(ordered.Skip(ExamplesOfAKind).TakeLast(ExamplesOfAKind)).Select(show)];
    }
}
