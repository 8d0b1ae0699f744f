using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>What is likely to be wrong with the rows of a training, or with metrics on them; for the console and the report.</summary>
internal static class DataWarnings
{
    private const int FewTestRows = 100;

    /// <summary>The share of texts that are cut off, or rows without a text, from which on there is a warning.</summary>
    private const double MuchOfRows = 0.1;

    /// <param name="parts">The rows; the first part is for training, the last for testing.</param>
    /// <param name="bert">The checkpoint, which tokenizes them.</param>
    public static IEnumerable<string> Of(IReadOnlyList<DataPart> parts, BertModel bert) =>
        [.. Missing(parts[0]), .. Labels(parts), .. Duplicates(parts), .. Few(parts), .. CutOff(parts[0], bert)];

    private static IEnumerable<string> Missing(DataPart train)
    {
        int rows = train.Rows.Count;
        if (train.IgnoredRows > rows)
            yield return $"Most rows have no label: {Count(train.IgnoredRows)} of {Count(train.IgnoredRows + rows)} are ignored.";
        bool pairs = train.Rows.Any(row => row.Pair.Length > 0);
        int missing = train.Rows.Count(row => string.IsNullOrWhiteSpace(row.Text) || pairs && string.IsNullOrWhiteSpace(row.Pair));
        if (missing > MuchOfRows * rows)
            yield return $"{Count(missing)} of the {Count(rows)} training rows lack {(pairs ? "one of the two texts" : "a text")}, so " +
                "nothing can be learnt from them.";
    }

    private static IEnumerable<string> Labels(IReadOnlyList<DataPart> parts)
    {
        DataPart train = parts[0];
        if (train.HasNumbers || train.Labels.Keys.All(label => label.Length == 0))
            yield break;
        string[] single = [.. train.Labels.Where(label => label.Value == 1).Select(label => label.Key).Order(StringComparer.Ordinal)];
        if (train.Labels.Count > 1 && train.Labels.Count * 2 > train.Labels.Values.Sum())
            yield return $"The {Count(train.Rows.Count)} training rows have {Count(train.Labels.Count)} different labels, most of them " +
                "only once: nothing can be learnt about such labels. Is this the column of labels?";
        else if (single.Length > 0)
            yield return $"{Some(single)} only once in the training rows: one example is hardly enough to learn from.";
        foreach (DataPart part in parts.Skip(1))
        {
            string[] unknown = [.. part.Labels.Keys.Where(label => !train.Labels.ContainsKey(label)).Order(StringComparer.Ordinal)];
            if (unknown.Length > 0)
                yield return $"{Some(unknown)} in the rows for {part.Name}, but not in the training rows: it cannot be predicted.";
        }
    }

    private static IEnumerable<string> Duplicates(IReadOnlyList<DataPart> parts)
    {
        var learnt = parts[0].Rows.Select(Key).ToHashSet();
        foreach (DataPart part in parts.Skip(1))
        {
            if (part.Rows.Count(row => learnt.Contains(Key(row))) is var known and > 0)
                yield return $"{Count(known)} of the {Count(part.Rows.Count)} rows for {part.Name} have texts that are also in the " +
                    "training rows: the metrics are too optimistic.";
        }

        static (string, string) Key(DataRow row) => (row.Text, row.Pair);
    }

    private static IEnumerable<string> Few(IReadOnlyList<DataPart> parts)
    {
        if (parts.Count > 1 && parts[^1].Rows.Count is > 0 and < FewTestRows)
            yield return $"The metrics are computed on {parts[^1].Rows.Count} rows: with so few rows, each one makes a difference.";
    }

    private static IEnumerable<string> CutOff(DataPart train, BertModel bert)
    {
        IReadOnlyList<int> lengths = train.Lengths(bert);
        if (lengths.Count(length => length > bert.MaxSequenceLength) is var cut && cut > MuchOfRows * lengths.Count)
            yield return $"{Percent((double)cut / lengths.Count)} of the texts are longer than the {bert.MaxSequenceLength} tokens that " +
                "the model reads.";
    }

    private static string Some(string[] labels) => labels.Length == 1
        ? $"The label '{labels[0]}' occurs"
        : $"{Count(labels.Length)} labels, such as '{labels[0]}', occur";
}
