using System.Text.Json.Nodes;
using System.Xml.Linq;
using Bert.MLNet.Cli.Training;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A row and the text that a model wrote for it.</summary>
internal sealed class WrittenResult
{
    public string Source { get; set; } = "";

    public string Target { get; set; } = "";

    public string PredictedText { get; set; } = "";
}

/// <summary>The report of a model that writes texts: the distribution of its scores, and the best and worst texts.</summary>
internal static class WrittenSections
{
    private const int TextsShown = 10, Bins = 20, MapsShown = 2;

    private static readonly string[] s_metrics = ["Bleu", "Chrf", "Rouge1", "Rouge2", "RougeL", "RougeLsum"];

    /// <param name="report">The description of the training.</param>
    /// <param name="task">The task, which compares texts.</param>
    /// <param name="metrics">The metrics.</param>
    /// <param name="written">The texts for the test rows; empty if there are none.</param>
    /// <param name="trained">The trained checkpoint.</param>
    public static XElement Create(
        TrainingReport report, WritingTask task, JsonObject metrics, IReadOnlyList<WrittenResult> written, BertModel trained)
    {
        if (written.Count == 0)
            return report.ToPage([("Training rows", Count(report.Data[0].Rows.Count))]);
        (WrittenResult Row, double Score)[] scored =
            [.. written.Select(row => (row, task.Score(row.PredictedText, row.Target))).OrderByDescending(row => row.Item2)];
        int shown = Math.Min(TextsShown, (scored.Length + 1) / 2);
        return report.ToPage(
            [.. Figures(metrics), ("Test rows", Count(written.Count))],
            TrainingReport.Section("scores", "Scores", Distribution(task, scored)),
            TrainingReport.Section("best", "Best texts", Texts($"The {shown} texts most similar to the references", task, scored[..shown])),
            TrainingReport.Section(
                "worst", "Worst texts", Texts($"The {shown} texts least similar to the references", task, scored.Reverse().Take(shown))),
            trained.Decoder is null
                ? null
                : CrossAttentionSection.Create(trained, [.. scored.Take(MapsShown).Concat(scored.Skip(MapsShown).TakeLast(MapsShown))
                    .Select(row => (row.Row.Source, $"{row.Row.PredictedText} ({task.ScoreName} {Number(row.Score)})"))]));
    }

    private static IEnumerable<(string, string)> Figures(JsonObject metrics) =>
        from metric in s_metrics
        where metrics[metric] is not null
        select (metric, Number((double)metrics[metric]!));

    private static XElement Distribution(WritingTask task, (WrittenResult Row, double Score)[] scored)
    {
        var bins = scored.GroupBy(row => Math.Clamp((int)(row.Score * Bins), 0, Bins - 1))
            .Select(bin => (From: (double)bin.Key / Bins, To: (bin.Key + 1.0) / Bins, Y: (double)bin.Count())).ToArray();
        return new Chart("Scores", Axis.Over(task.ScoreName, 0, 1), Axis.Over("rows", [0, .. bins.Select(bin => bin.Y)]))
            .Bars("main", bins.Select(bin => (bin.From, bin.To, bin.Y, $"{Short(bin.From)} to {Short(bin.To)}: {Count((long)bin.Y)} rows")))
            .ToFigure("of each row; 1 for a text that equals its reference.");
    }

    private static XElement Texts(string caption, WritingTask task, IEnumerable<(WrittenResult Row, double Score)> rows) =>
        Table(caption, ["Source", "written", "reference", task.ScoreName],
            rows.Select(row => new object?[]
            {
                Words(row.Row.Source), Words(row.Row.PredictedText), Words(row.Row.Target), Number(row.Score),
            }), "texts");
}
