using System.Globalization;
using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's sections on classification: confusions, calibration, and the worst errors.</summary>
internal static class ClassificationSections
{
    private const int LabelsOfMatrix = 20, Confusions = 30, ErrorsShown = 20;

    public static IEnumerable<XElement?> Create(ClassificationResult result) =>
    [
        TrainingReport.Section("confusion", "Confusion matrix", Unknown(result),
            result.Labels.Count <= LabelsOfMatrix ? Matrix(result) : MostConfused(result)),
        TrainingReport.Section("classes", "Classes", ClassTable.Create("label", "rows", [.. result.Classes])),
        CalibrationSection.Create(result.Calibration),
        TrainingReport.Section("errors", "Worst errors", Errors(result)),
    ];

    private static XElement? Unknown(ClassificationResult result) => result.UnknownRows == 0 ? null
        : El("p", Class("note"), $"{Count(result.UnknownRows)} rows have a label that the model has never seen. The metrics do not " +
            "include them.");

    private static XElement Matrix(ClassificationResult result)
    {
        ClassScores[] classes = [.. result.Classes];
        return El("div", Class("scroll"), El("table", Class("matrix"),
            El("caption", "Number of rows by label (down) and prediction (across); the shade is the share of the label"),
            El("thead", El("tr", El("td", Class("corner"), "label \\ predicted"),
                result.Labels.Select(label => El("th", Attr("scope", "col"), Attr("dir", "auto"), label)))),
            El("tbody", result.Labels.Select((label, i) => El("tr", El("th", Attr("scope", "row"), Attr("dir", "auto"), label),
                result.Labels.Select((_, j) => Cell(result.Confusion[i, j], classes[i].Support, i == j)))))));
    }

    private static XElement Cell(int count, int support, bool isRight)
    {
        double share = support == 0 ? 0 : (double)count / support;
        return El("td", Class(isRight ? "right" : "wrong"),
            Attr("style", string.Create(CultureInfo.InvariantCulture, $"--share:{share:0.###}")), Count(count),
            El("small", share.ToString("P0", CultureInfo.InvariantCulture)));
    }

    private static XElement MostConfused(ClassificationResult result) =>
        Table($"The most frequent confusions among {result.Labels.Count} labels", ["Label", "predicted", "rows", "share of the label"],
        (from i in Enumerable.Range(0, result.Labels.Count)
         from j in Enumerable.Range(0, result.Labels.Count)
         where i != j && result.Confusion[i, j] > 0
         orderby result.Confusion[i, j] descending
         select new object?[] { result.Labels[i], result.Labels[j], Count(result.Confusion[i, j]),
             Percent(result.Confusion[i, j] / (double)result.Classes.ElementAt(i).Support) }).Take(Confusions));

    private static XElement Errors(ClassificationResult result)
    {
        ClassifiedRow[] errors = [.. result.Rows.Where(row => !row.IsRight).OrderByDescending(row => row.Confidence)];
        if (errors.Length == 0)
            return El("p", "There are none.");
        bool pairs = result.Rows.Any(row => row.Pair.Length > 0);
        return Table(
            $"{(errors.Length > ErrorsShown ? $"The {ErrorsShown} of {Count(errors.Length)} errors" : $"The {errors.Length} errors")} " +
            "with the highest confidence",
            ["Text", .. pairs ? ["second text"] : Array.Empty<string>(), "label", "predicted", "its probability",
                "probability of the label"],
            errors.Take(ErrorsShown).Select(
                row => (IEnumerable<object?>)[Words(row.Text), .. pairs ? [Words(row.Pair)] : Array.Empty<object>(),
                result.Labels[row.Label], result.Labels[row.Predicted], Percent(row.Confidence), Percent(row.Scores[row.Label])]), "texts");
    }
}
