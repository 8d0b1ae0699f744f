using System.Xml.Linq;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>
/// The report's section on n-grams: what single words tell, and whether more rows would help a model that learns from them alone.
/// </summary>
internal static class NGramSection
{
    private const int LabelsShown = 20;

    /// <param name="ngrams">What n-grams have learnt; null if they were not trained.</param>
    /// <param name="labels">The labels in their order; empty for a score.</param>
    /// <param name="metric">The metric by which models are compared.</param>
    /// <param name="value">The metric of the model.</param>
    /// <returns>The section, or null.</returns>
    public static XElement? Create(NGramResult? ngrams, IReadOnlyList<string> labels, string metric, double? value) => ngrams is null
        ? null
        : TrainingReport.Section("ngrams", "What n-grams learn",
            El("p", "ML.NET's FeaturizeText and SDCA, trained on the same rows. If few words decide, a checkpoint adds little."),
            ngrams.Curve.Count > 1 ? Curve(ngrams, metric, value) : null,
            Table(labels.Count > LabelsShown
                ? $"Words and pairs of words with the largest weights, for the first {LabelsShown} of {labels.Count} labels"
                : "Words and pairs of words with the largest weights", ["label", "words and their weights"],
                ngrams.Words.Take(LabelsShown).Select((words, i) => new object?[]
                {
                    labels.Count > i ? labels[i] : "higher score",
                    Words(string.Join(", ", words.Select(word => $"{word.Words} {Short(word.Weight)}"))),
                })));

    private static XElement Curve(NGramResult ngrams, string name, double? value)
    {
        OutcomeMetric metric = ngrams.Curve[0].Outcomes.Metrics.First(metric => metric.Name == name);
        (double X, double Y)[] points = [.. ngrams.Curve.Select(point => ((double)point.Rows, metric.Compute(point.Outcomes.Rows)))];
        double rows = points[^1].X;
        var chart = new Chart("Learning curve", Axis.Over("training rows", [0, .. points.Select(point => point.X)]),
            Axis.Over(name, [.. points.Select(point => point.Y), .. value is { } all ? [all] : Array.Empty<double>()]))
            .Line("main", points);
        if (value is { } best)
            chart.Dots("best", (rows, best, $"this model, {Count((long)rows)} rows: {Number(best)}"));
        return chart.ToFigure("of n-grams, on the rows on which the model is evaluated; the ring marks this model. A curve that still " +
            "rises at its end says that more rows would help.");
    }
}
