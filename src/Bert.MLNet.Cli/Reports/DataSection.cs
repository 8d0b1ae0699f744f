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
        int[][] lengths = [.. parts.Select(part => part.Rows.Select(row => Length(row, bert)).Order().ToArray())];
        return TrainingReport.Section("data", "Data",
            Warnings(parts, lengths[0], bert.MaxSequenceLength).Select(warning => El("p", Class("note"), warning)),
            Table("Number of rows, and their length in tokens, including special tokens",
                ["Rows for", "rows", "without text", "median", "95th percentile", "longest", $"cut off at {bert.MaxSequenceLength}"],
                parts.Select((part, i) => Row(part, lengths[i], bert.MaxSequenceLength))),
            El("div", Class("pair"), Lengths(lengths[0]), parts[0].Labels.Keys.Any(label => label.Length > 0) ? Labels(parts) : null));
    }

    private static int Length(DataRow row, BertModel bert) => row.Pair.Length == 0
        ? bert.Tokenizer.CountTokens(row.Text)
        : bert.Tokenizer.CountTokens(row.Text) + bert.Tokenizer.CountTokens(row.Pair) - 1;

    private static IEnumerable<object?> Row(DataPart part, int[] lengths, int limit) =>
    [
        part.Name, Count(lengths.Length), Count(part.Rows.Count(row => row.Text.Length + row.Pair.Length == 0)),
        .. lengths.Length == 0
            ? ["–", "–", "–", "–"]
            : new[] { Count(lengths[lengths.Length / 2]), Count(lengths[(int)((lengths.Length - 1) * 0.95)]), Count(lengths[^1]),
                Count(lengths.Count(length => length > limit)) },
    ];

    private static IEnumerable<string> Warnings(IReadOnlyList<DataPart> parts, int[] lengths, int limit)
    {
        var learnt = parts[0].Rows.Select(Key).ToHashSet();
        foreach (DataPart part in parts.Skip(1))
        {
            if (part.Rows.Count(row => learnt.Contains(Key(row))) is var known and > 0)
                yield return $"{Count(known)} of the {Count(part.Rows.Count)} rows for {part.Name} have texts that are also in the " +
                    "training rows: the metrics are too optimistic.";
        }
        if (parts[^1].Rows.Count is > 0 and < 100)
            yield return $"The metrics are computed on {parts[^1].Rows.Count} rows: with so few rows, each one makes a difference.";
        if (lengths.Count(length => length > limit) is var cut && cut > 0.1 * lengths.Length)
            yield return $"{Percent((double)cut / lengths.Length)} of the texts are longer than the {limit} tokens that the model reads.";

        static (string, string) Key(DataRow row) => (row.Text, row.Pair);
    }

    private static XElement Lengths(int[] lengths)
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
