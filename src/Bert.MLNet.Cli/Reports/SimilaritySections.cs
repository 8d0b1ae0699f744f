using System.Text.Json.Nodes;
using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's sections on similarity: correlations, residuals, and the worst errors.</summary>
internal static class SimilaritySections
{
    private const int DotsShown = 2000, ErrorsShown = 20, ResidualBins = 24;

    public static IEnumerable<XElement> Create(SimilarityResult result, JsonObject metrics) =>
    [
        TrainingReport.Section("agreement", "Agreement", Baseline(metrics), Sampled(result),
            El("div", Class("pair"), Scatter(result), Residuals(result))),
        TrainingReport.Section("residuals", "Residuals", El("div", Class("pair"), ResidualsOverLabel(result), ByLabel(result))),
        TrainingReport.Section("errors", "Worst errors", Errors(result)),
    ];

    private static XElement? Baseline(JsonObject metrics)
    {
        return metrics["CosinePearsonCorrelation"] is null ? null
        : El("p", "The plain cosine of the checkpoint's vectors, without training, has a Pearson correlation of " +
            $"{Figure("CosinePearsonCorrelation")} and a Spearman correlation of {Figure("CosineSpearmanCorrelation")} with the labels; " +
            $"the model has {Figure("PearsonCorrelation")} and {Figure("SpearmanCorrelation")}.");

        string Figure(string key) => Number((double?)metrics[key] ?? double.NaN);
    }

    private static XElement? Sampled(SimilarityResult result) => result.Rows.Count <= DotsShown ? null
        : El("p", $"Dots are {Count(Shown(result).Count())} rows, evenly drawn from {Count(result.Rows.Count)}.");

    private static IEnumerable<ScoredRow> Shown(SimilarityResult result)
    {
        int step = (result.Rows.Count + DotsShown - 1) / DotsShown;
        return result.Rows.Where((_, i) => i % step == 0);
    }

    private static XElement Scatter(SimilarityResult result)
    {
        Axis axis = Axis.Over("label", result.Rows.SelectMany(row => new double[] { row.Label, row.Score }));
        return new Chart("Label and score", axis, axis with { Label = "score" })
            .Guide(axis.From, axis.From, axis.To, axis.To)
            .Dots("main", Shown(result).Select(row => ((double)row.Label, (double)row.Score, Describe(row))))
            .ToFigure("one dot per row; on the dashed line, both are equal.");
    }

    private static XElement Residuals(SimilarityResult result)
    {
        double most = Math.Max(1e-6, result.Rows.Max(row => Math.Abs(row.Residual))), width = 2 * most / ResidualBins;
        var bins = result.Rows.GroupBy(row => Math.Clamp((int)((row.Residual + most) / width), 0, ResidualBins - 1))
            .Select(bin => (From: bin.Key * width - most, To: (bin.Key + 1) * width - most, Y: (double)bin.Count())).ToArray();
        return new Chart("Residuals", Axis.Over("score − label", -most, most), Axis.Over("rows", [0, .. bins.Select(bin => bin.Y)]))
            .Bars("second", bins.Select(
                bin => (bin.From, bin.To, bin.Y, $"{Short(bin.From)} to {Short(bin.To)}: {Count((long)bin.Y)} rows")))
            .ToFigure("to the right of zero, scores are too high.");
    }

    private static XElement ResidualsOverLabel(SimilarityResult result)
    {
        Axis x = Axis.Over("label", result.Rows.Select(row => (double)row.Label));
        return new Chart("Residuals by label", x, Axis.Over("score − label", [0, .. result.Rows.Select(row => (double)row.Residual)]))
            .Guide(x.From, 0, x.To, 0)
            .Dots("main", Shown(result).Select(row => ((double)row.Label, (double)row.Residual, Describe(row))))
            .ToFigure("a slope means that scores are biased toward the middle.");
    }

    private static XElement ByLabel(SimilarityResult result)
    {
        ScoredRow[] rows = [.. result.Rows.OrderBy(row => row.Label)];
        return Table("Fifths of the rows, from the lowest labels to the highest",
            ["Labels", "rows", "mean score − label", "mean |score − label|"],
            rows.Chunk(Math.Max(1, (rows.Length + 4) / 5)).Select(part => new object?[]
            {
                $"{Short(part[0].Label)} to {Short(part[^1].Label)}", Count(part.Length), Number(part.Average(row => row.Residual)),
                Number(part.Average(row => Math.Abs(row.Residual))),
            }));
    }

    private static XElement Errors(SimilarityResult result) =>
        Table($"The {Math.Min(ErrorsShown, result.Rows.Count)} rows whose scores differ most from their labels",
            ["Text", "second text", "label", "score", "score − label"],
        result.Rows.OrderByDescending(row => Math.Abs(row.Residual)).Take(ErrorsShown)
            .Select(row => new object?[] { Words(row.Text), Words(row.Pair), Short(row.Label), Number(row.Score), Number(row.Residual) }),
            "texts");

    private static string Describe(ScoredRow row) =>
        $"label {Short(row.Label)}, score {Short(row.Score)}: {Cut(row.Text)} / {Cut(row.Pair)}";

    private static string Cut(string text) => text.Length > 80 ? text[..80] + " …" : text;
}
