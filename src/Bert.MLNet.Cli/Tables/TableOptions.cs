using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Tables;

/// <summary>The options that define the meaning of a table's columns.</summary>
internal sealed class TableOptions
{
    private readonly Option<string?> _label = new("--label-col")
    {
        Description = "The label column, by name or by number from 0. Default: Label, or labels for named entities.",
    };

    private readonly Option<string?> _text = new("--text-col")
    {
        Description = "The text column; the same as --sentence1-col. Default: the column with the longest cells.",
    };

    private readonly Option<string?> _sentence1 = new("--sentence1-col") { Description = "The column of first texts." };

    private readonly Option<string?> _sentence2 = new("--sentence2-col") { Description = "The column of second texts." };

    private readonly Option<bool?> _hasHeader = new("--has-header")
    {
        Description = "Whether the first line is a header. Default: true if a column is specified by name, or if the first row looks " +
            "like a header.",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _label, _text, _sentence1, _sentence2, _hasHeader })
            command.Options.Add(option);
    }

    /// <summary>Adds the options for tables with one text and its label.</summary>
    public void AddLabelledTextTo(Command command)
    {
        command.Options.Add(_label);
        AddTextTo(command);
    }

    /// <summary>Adds the options for tables of texts without labels.</summary>
    public void AddTextTo(Command command)
    {
        command.Options.Add(_text);
        AddHeaderTo(command);
    }

    /// <summary>Adds the options for all tables.</summary>
    public void AddHeaderTo(Command command) => command.Options.Add(_hasHeader);

    /// <summary>The specified label and text columns.</summary>
    public (string? Label, string? Text) Columns(ParseResult arguments) => (arguments.GetValue(_label), arguments.GetValue(_text));

    /// <summary>The label column, specified or default.</summary>
    public string LabelColumn(ParseResult arguments) => arguments.GetValue(_label) ?? "Label";

    /// <summary>Whether rows are pairs.</summary>
    public bool HasPair(ParseResult arguments) => arguments.GetValue(_sentence2) is not null;

    /// <summary>Reads the rows of a file and prints a summary.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="isScore">Whether labels are numbers.</param>
    /// <param name="source">The settings for reading the file again.</param>
    /// <param name="trained">The columns that the model was trained on: the default for columns that are not specified.</param>
    /// <exception cref="InvalidDataException">The column does not exist, no row has a label, or a label is not a number.</exception>
    public LabelledRow[] Read(
        ParseResult arguments, ToolStreams streams, string path, bool isScore, out TableSource source, TrainedColumns? trained = null)
    {
        string label = arguments.GetValue(_label) ?? trained?.Label ?? LabelColumn(arguments);
        string? first = arguments.GetValue(_text) ?? arguments.GetValue(_sentence1) ?? trained?.Text, second =
            arguments.GetValue(_sentence2) ?? trained?.Pair;
        if (first is null && second is not null)
            throw new UsageException("Specify the column of first texts with --sentence1-col.");
        Table table = Read(arguments, streams, path, first is null ? [] : second is null ? [label, first] : [label, first, second], label);
        int labels = table.Column(label);
        int[] texts = first is null
            ? [Guess(table, labels)]
            : second is null
            ? [table.Column(first)]
            : [table.Column(first), table.Column(second)];
        LabelledRow[] rows = [.. table.Rows.Index().Where(row => !string.IsNullOrWhiteSpace(row.Item[labels])).Select(row => new LabelledRow
        {
            Label = row.Item[labels].Trim(),
            Similarity = isScore ? Number(row.Item[labels], row.Index) : 0,
            Sentence1 = row.Item[texts[0]],
            Sentence2 = texts.Length < 2 ? "" : row.Item[texts[1]],
        })];
        if (rows.Length == 0)
            throw new InvalidDataException(
                $"No row of '{path}' has a label in column '{table.Name(labels)}'. Specify the label column with --label-col.");
        streams.Tell(arguments, string.Create(CultureInfo.InvariantCulture,
            $"{path}: {table.Describe()}, label '{table.Name(labels)}', text " +
            $"{string.Join(" and ", texts.Select(text => $"'{table.Name(text)}'"))}, {Labels(rows, isScore)}"));
        int missing = table.Rows.Count - rows.Length;
        if (missing > 0)
            streams.Tell(arguments, string.Create(CultureInfo.InvariantCulture, $"{path}: {missing} rows have no label and are ignored."));
        source = table.Source(1, [labels, .. texts]) with { IgnoredRows = missing };
        return rows;

        float Number(string cell, int row) =>
            float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"Row {row + 1} of '{path}' has the label '{cell}', which is not a number.");
    }

    /// <summary>Reads the lines of a .txt file, or the texts of a table without labels.</summary>
    /// <inheritdoc cref="Read(ParseResult, ToolStreams, string, bool, out TableSource, TrainedColumns?)"/>
    public string[] ReadLines(ParseResult arguments, ToolStreams streams, string path) =>
        Path.GetExtension(path).Equals(".txt", StringComparison.OrdinalIgnoreCase)
            ? [.. TextFile.ReadLines(path).Where(line => line.Length > 0)]
            : ReadTexts(arguments, streams, path);

    /// <summary>Reads the texts of a file without labels.</summary>
    /// <inheritdoc cref="Read(ParseResult, ToolStreams, string, bool, out TableSource, TrainedColumns?)"/>
    public string[] ReadTexts(ParseResult arguments, ToolStreams streams, string path)
    {
        string? column = arguments.GetValue(_text) ?? arguments.GetValue(_sentence1);
        Table table = Read(arguments, streams, path, column is null ? [] : [column], column ?? "0");
        int text = column is null ? Guess(table, -1) : table.Column(column);
        streams.Tell(arguments, $"{path}: {table.Describe()}, text '{table.Name(text)}'");
        return [.. table.Rows.Select(row => Table.Cell(row, text))];
    }

    /// <summary>Reads a table whose columns are specified by name, or counted from 0.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns; empty for all.</param>
    /// <param name="label">The column for detecting a header if all columns are specified by number.</param>
    /// <exception cref="InvalidDataException">It has no rows.</exception>
    public Table Read(ParseResult arguments, ToolStreams streams, string path, IReadOnlyList<string> columns, string label)
    {
        Table table = Table.Read(
            path, streams, rows => arguments.GetValue(_hasHeader)
                ?? (columns.Append(label).Any(column => Header.IsName(column, rows[0]))
                || Header.IsThere(rows, int.Parse(label, CultureInfo.InvariantCulture))), columns);
        return table.Rows.Count > 0 ? table : throw new InvalidDataException($"'{path}' has no rows.");
    }

    /// <summary>The column whose first cells are the longest.</summary>
    private static int Guess(Table table, int other) => Enumerable.Range(0, table.Width).Where(column => column != other)
        .OrderByDescending(column => table.Rows.Take(100).Sum(row => Table.Cell(row, column).Length)).FirstOrDefault(0);

    private static string Labels(LabelledRow[] rows, bool isScore)
    {
        if (isScore)
            return string.Create(CultureInfo.InvariantCulture,
                $"numbers from {rows.Min(row => row.Similarity)} to {rows.Max(row => row.Similarity)}");
        string[] labels = [.. rows.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        return $"{labels.Length} labels: {string.Join(", ", labels.Take(10))}{(labels.Length > 10 ? ", …" : "")}";
    }
}
