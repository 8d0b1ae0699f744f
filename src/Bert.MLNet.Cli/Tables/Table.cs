using System.Globalization;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Tables;

/// <summary>A table of texts in memory, from separated values, JSON lines, or Parquet.</summary>
internal sealed class Table
{
    private readonly string _name;

    private Table(string name, string[]? header, List<string[]> rows, string form) =>
        (_name, Header, Rows, Form) = (name, header, rows, form);

    /// <summary>The names of the columns, or null if there are none.</summary>
    public IReadOnlyList<string>? Header { get; }

    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>The detected format, such as <c>tab-separated</c>.</summary>
    public string Form { get; }

    /// <summary>The separator between cells; null for JSON lines and Parquet.</summary>
    public char? Separator { get; private init; }

    /// <summary>
    /// Reads a file: JSON lines for .jsonl and .json, Parquet for .parquet, otherwise rows of cells with a detected separator.
    /// </summary>
    /// <param name="path">The file, or <c>-</c> for JSON lines on standard input.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="hasHeader">Decides from the first rows whether there is a header, if the format does not define it.</param>
    /// <param name="columns">The fields to read from JSON lines, by name or counted from 0; if empty, those without lists and
    /// objects.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message names it.</exception>
    public static Table Read(string path, ToolStreams streams, Func<IReadOnlyList<string[]>, bool> hasHeader, IReadOnlyList<string> columns)
    {
        if (IsJson(path))
        {
            (string[] fields, List<string[]> cells) = JsonTable.Read(path, JsonLinesReader.Read(path, streams, default), columns);
            return new Table(path, fields, cells, "JSON lines");
        }
        if (ParquetRows.Is(path))
        {
            string[] names = [.. ParquetRows.Columns(path).Select(column => column.Name)];
            return new Table(path, names,
                [.. ParquetRows.Read(path, names, 0, default).Select(row => Array.ConvertAll(row, cell => cell ?? ""))], "Parquet");
        }
        char separator = DelimitedText.SeparatorOf(path);
        bool isNamed = DelimitedText.Sample(path, Tables.Header.Sample + 1) is { Length: > 0 } first && hasHeader(first);
        List<string[]> rows = [.. DelimitedText.Rows(path, isNamed)];
        string[]? header = isNamed ? rows[0] : null;
        if (isNamed)
            rows.RemoveAt(0);
        return new Table(path, header, rows, DelimitedText.NameOf(separator)) { Separator = separator };
    }

    public static bool IsJson(string path) => path == LineFile.Pipe || Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".JSON";

    /// <summary>The settings for reading some of the columns again, labels first.</summary>
    /// <param name="labels">The number of label columns.</param>
    /// <param name="columns">The indices of the columns.</param>
    public TableSource Source(int labels, params IReadOnlyList<int> columns) =>
        new(Path.GetFullPath(_name),
            IsJson(_name) ? SourceForm.JsonLines : ParquetRows.Is(_name) ? SourceForm.Parquet : SourceForm.Separated)
    {
        Separator = Separator,
        HasHeader = Header is not null && Separator is not null,
        Columns = [.. columns.Select(
            column => (Header is null
                ? string.Create(CultureInfo.InvariantCulture, $"Col{column}")
                : Column(Name(column)) == column
                ? Header[column]
                : column.ToString(CultureInfo.InvariantCulture), column))],
        Labels = labels,
    };

    /// <summary>The number of columns.</summary>
    public int Width => Header?.Count ?? (Rows.Count > 0 ? Rows[0].Length : 0);

    /// <summary>Describes the table for a message.</summary>
    public string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"{Rows.Count} rows, {Form}, {(Header is null ? "no header" : "with a header")}");

    /// <summary>The name of a column, or its number.</summary>
    public string Name(int column) => Header?[column].Trim() ?? column.ToString(CultureInfo.InvariantCulture);

    /// <summary>The index of a column, by name or counted from 0.</summary>
    /// <exception cref="InvalidDataException">The column does not exist; the message lists those that do.</exception>
    public int Column(string nameOrIndex) => TableColumns.Find(_name, Header, Width, nameOrIndex);

    /// <summary>The cell of a row.</summary>
    public static string Cell(string[] row, int column) => row[column];
}
