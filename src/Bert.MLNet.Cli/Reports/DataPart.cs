namespace Bert.MLNet.Cli.Reports;

/// <summary>The rows for one purpose, such as validation.</summary>
/// <param name="Name">The purpose.</param>
/// <param name="Rows">The rows.</param>
internal sealed record DataPart(string Name, IReadOnlyList<DataRow> Rows)
{
    /// <summary>The purpose of rows by which an epoch is chosen.</summary>
    public const string Validation = "validation";

    private (BertModel Bert, int[] Sorted)? _lengths;

    /// <summary>The frequency of each label.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; } = Rows.SelectMany(row => row.Labels).CountBy(label => label).ToDictionary();

    /// <summary>Whether labels are numbers to predict, instead of names.</summary>
    public bool HasNumbers { get; init; }

    /// <summary>The number of rows of the file that have no label.</summary>
    public int IgnoredRows { get; init; }

    /// <summary>The numbers of tokens of all rows, including special tokens, the smallest first.</summary>
    /// <param name="bert">The checkpoint, which tokenizes them.</param>
    public IReadOnlyList<int> Lengths(BertModel bert)
    {
        if (_lengths?.Bert != bert)
            _lengths = (bert, [.. Rows.Select(row => Length(row, bert)).Order()]);
        return _lengths!.Value.Sorted;
    }

    private static int Length(DataRow row, BertModel bert) => row.Pair.Length == 0
        ? bert.Tokenizer.CountTokens(row.Text)
        : bert.Tokenizer.CountTokens(row.Text) + bert.Tokenizer.CountTokens(row.Pair) - 1;
}
