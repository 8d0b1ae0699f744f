using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on the data: number, length and labels of rows, and possible problems with the metrics.</summary>
internal static class DataSection
{
    private const int LabelsShown = 30;

    /// <param name="parts">The rows; the first part is for training, the last for testing.</param>
    /// <param name="bert">The checkpoint, which tokenizes them.</param>
    public static XElement Create(IReadOnlyList<DataPart> parts, BertModel bert)
    {
        IReadOnlyList<int>[] lengths = [.. parts.Select(part => part.Lengths(bert))];
        return TrainingReport.Section("data", "Data",
            DataWarnings.Of(parts, bert).Select(warning => El("p", Class("note"), warning)),
            Table("Number of rows, and their length in tokens, including special tokens",
                ["Rows for", "rows", "without text", "median", "95th percentile", "longest", $"cut off at {bert.MaxSequenceLength}"],
                parts.Select((part, i) => Row(part, lengths[i], bert.MaxSequenceLength))),
            El("div", Class("pair"), Lengths(lengths[0]), parts[0].Labels.Keys.Any(label => label.Length > 0) ? Labels(parts) : null));
    }

    private static IEnumerable<object?> Row(DataPart part, IReadOnlyList<int> lengths, int limit) =>
    [
        part.Name, Count(lengths.Count), Count(part.Rows.Count(row => row.Text.Length + row.Pair.Length == 0)),
        .. lengths.Count == 0
            ? ["–", "–", "–", "–"]
            : new[] { Count(lengths[lengths.Count / 2]), Count(lengths[(int)((lengths.Count - 1) * 0.95)]), Count(lengths[^1]),
                Count(lengths.Count(length => length > limit)) },
    ];

    private static XElement Lengths(IReadOnlyList<int> lengths)
    {
        int width = Math.Max(1, (lengths[^1] + 20) / 20);
        var bins = lengths.GroupBy(length => length / width)
            .Select(bin => (From: (double)bin.Key * width, To: (double)(bin.Key + 1) * width, Y: (double)bin.Count())).ToArray();
        return new Chart("Lengths", Axis.Over("tokens per row", [0, .. bins.Select(bin => bin.To)]),
            Axis.Over("rows", [0, .. bins.Select(bin => bin.Y)]))
            .Bars("main", bins.Select(bin => (bin.From, bin.To, bin.Y, $"{bin.From} to {bin.To - 1} tokens: {Count((long)bin.Y)} rows")))
            .ToFigure("of the training rows.");
    }

    private static XElement Labels(IReadOnlyList<DataPart> parts)
    {
        string[] labels = [.. parts.SelectMany(part => part.Labels.Keys).Distinct()
            .OrderByDescending(label => parts[0].Labels.GetValueOrDefault(label)).ThenBy(label => label, StringComparer.Ordinal)];
        return Table(labels.Length > LabelsShown ? $"The {LabelsShown} most frequent of {labels.Length} labels" : "Labels",
            ["Label", .. parts.Select(part => part.Name)],
            labels.Take(LabelsShown).Select(label => new object?[] { label.Length == 0 ? "(none)" : label }.Concat(parts.Select(part =>
                $"{Count(part.Labels.GetValueOrDefault(label))} " +
                $"({Percent((double)part.Labels.GetValueOrDefault(label) / part.Labels.Values.Sum())})"))));
    }
}
