using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Tables;

/// <summary>The options that say which columns of a table are what.</summary>
internal sealed class TableOptions
{
    private readonly Option<string> _label = new("--label-col") { Description = "The column of labels, by name or by number from 0.", DefaultValueFactory = _ => "Label" };

    private readonly Option<string?> _text = new("--text-col") { Description = "The column of texts; the same as --sentence1-col." };

    private readonly Option<string?> _sentence1 = new("--sentence1-col") { Description = "The column of first texts." };

    private readonly Option<string?> _sentence2 = new("--sentence2-col") { Description = "The column of second texts." };

    private readonly Option<bool?> _hasHeader = new("--has-header") { Description = "Whether the first line names the columns. Default: where a column is given by its name." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _label, _text, _sentence1, _sentence2, _hasHeader })
            command.Options.Add(option);
    }

    /// <summary>Whether rows are pairs.</summary>
    public bool HasPair(ParseResult arguments) => arguments.GetValue(_sentence2) is not null;

    /// <summary>Reads the rows of a file, and tells what was made of it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="path">The file.</param>
    /// <param name="isScore">Whether labels are numbers.</param>
    /// <param name="tell">Is told what the file was taken for.</param>
    /// <exception cref="InvalidDataException">There is no such column, or a label is no number.</exception>
    public LabelledRow[] Read(ParseResult arguments, string path, bool isScore, TextWriter tell)
    {
        string label = arguments.GetRequiredValue(_label);
        string first = arguments.GetValue(_text) ?? arguments.GetValue(_sentence1) ?? throw new UsageException("Say which column has the texts: --text-col, or --sentence1-col and --sentence2-col.");
        string? second = arguments.GetValue(_sentence2);
        string[] columns = second is null ? [label, first] : [label, first, second];
        Table table = Table.Read(path, arguments.GetValue(_hasHeader) ?? !columns.All(column => int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out _)), columns);
        int[] places = [.. columns.Select(table.Column)];
        tell.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{path}: {table.Rows.Count} rows, {table.Form}, {(table.Header is null ? "no header" : "with a header")}, label '{Name(0)}', text {string.Join(" and ", Enumerable.Range(1, places.Length - 1).Select(i => $"'{Name(i)}'"))}"));
        if (table.Rows.Count == 0)
            throw new InvalidDataException($"'{path}' has no rows.");
        return [.. table.Rows.Select((row, i) => new LabelledRow
        {
            Label = Table.Cell(row, places[0]),
            Similarity = isScore ? Number(Table.Cell(row, places[0]), i) : 0,
            Sentence1 = Table.Cell(row, places[1]),
            Sentence2 = second is null ? "" : Table.Cell(row, places[2]),
        })];

        string Name(int column) => table.Header?[places[column]] ?? columns[column];

        float Number(string cell, int row) => float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"Row {row + 1} of '{path}' has the label '{cell}', which is no number.");
    }
}
