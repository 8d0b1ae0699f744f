using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.ML;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report of a classifier or a similarity of texts and pairs.</summary>
internal static class ResultReport
{
    private const int ExamplesOfAKind = 2;

    /// <param name="ml">The context.</param>
    /// <param name="report">What is known of the training.</param>
    /// <param name="trained">The checkpoint as it was trained.</param>
    /// <param name="predictions">What the model says of the rows that it is measured on; null where there are none.</param>
    /// <param name="metrics">How good it is on them.</param>
    public static XElement Create(MLContext ml, TrainingReport report, BertModel trained, IDataView? predictions, JsonObject metrics)
    {
        if (predictions is null)
            return report.ToPage([("Rows learnt from", Count(report.Data[0].Rows.Count))]);
        string rows = Count(report.Data[^1].Rows.Count);
        if (predictions.Schema.GetColumnOrNull("PredictedLabel") is null)
        {
            SimilarityResult similarity = SimilarityResult.Read(ml, predictions);
            return report.ToPage(
                [("Pearson correlation", Figure("PearsonCorrelation")), ("Spearman correlation", Figure("SpearmanCorrelation")), ("Mean absolute error", Figure("MeanAbsoluteError")), ("Root mean squared error", Figure("RootMeanSquaredError")), ("Rows measured on", rows)],
                [.. SimilaritySections.Create(similarity), AttentionSection.Create(ml, trained, Examples(similarity, ReadsPairs(report)))]);
        }
        ClassificationResult result = ClassificationResult.Read(ml, predictions);
        return report.ToPage(
            [("Accuracy", Percent((double?)metrics["MicroAccuracy"] ?? double.NaN)), ("Macro F1", Figure("MacroF1")), ("Log-loss", Figure("LogLoss")),
                .. result.AreaUnderRocCurve is null ? Array.Empty<(string, string)>() : [("Area under ROC", Figure("AreaUnderRocCurve"))],
                ("Calibration error", Percent(result.Calibration.ExpectedCalibrationError)), ("Rows measured on", rows)],
            [.. ClassificationSections.Create(result), AttentionSection.Create(ml, trained, Examples(result, ReadsPairs(report)))]);

        string Figure(string key) => Number((double?)metrics[key] ?? double.NaN);
    }

    /// <summary>Whether the encoder reads both texts at once; for vectors it reads each alone.</summary>
    private static bool ReadsPairs(TrainingReport report) => report.Method != "embed";

    private static (string, string, string)[] Examples(ClassificationResult result, bool pairs)
    {
        IEnumerable<ClassifiedRow> wrong = result.Rows.Where(row => !row.IsRight).OrderByDescending(row => row.Confidence).Take(ExamplesOfAKind);
        IEnumerable<ClassifiedRow> right = result.Rows.Where(row => row.IsRight).OrderByDescending(row => row.Confidence).DistinctBy(row => row.Label).Take(ExamplesOfAKind);
        return [.. right.Concat(wrong).Select(row => (row.Text, pairs ? row.Pair : "", row.IsRight
            ? $"Right: {result.Labels[row.Label]}, {Percent(row.Confidence)}"
            : $"Wrong: {result.Labels[row.Predicted]}, {Percent(row.Confidence)}; the label is {result.Labels[row.Label]}"))];
    }

    private static (string, string, string)[] Examples(SimilarityResult result, bool pairs)
    {
        ScoredRow[] rows = [.. result.Rows.OrderBy(row => Math.Abs(row.Residual))];
        return [.. rows.Take(ExamplesOfAKind).Concat(rows.Skip(ExamplesOfAKind).TakeLast(ExamplesOfAKind)).Select(row => (row.Text, pairs ? row.Pair : "", $"Score {Short(row.Score)}, label {Short(row.Label)}"))];
    }
}
