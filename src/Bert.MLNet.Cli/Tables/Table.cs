using System.Globalization;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Tables;

/// <summary>A table of texts in memory: separated by tabs, commas or the like, JSON lines, or Parquet.</summary>
internal sealed class Table
{
    private readonly string _name;

    private Table(string name, string[]? header, List<string[]> rows, string form) => (_name, Header, Rows, Form) = (name, header, rows, form);

    /// <summary>The names of the columns; null for a table without.</summary>
    public IReadOnlyList<string>? Header { get; }

    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>What the table was taken for, such as <c>tab-separated</c>.</summary>
    public string Form { get; }

    /// <summary>What stands between cells; null for JSON lines and Parquet.</summary>
    public char? Separator { get; private init; }

    /// <summary>Reads a file: JSON lines by the names .jsonl and .json, Parquet by .parquet, else rows of cells whose separator is found in the file.</summary>
    /// <param name="path">The file; <c>-</c> for standard input, which has JSON lines.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="hasHeader">Whether the first line names the columns; asked of the first rows, where the form does not say.</param>
    /// <param name="columns">The fields that are read of JSON lines, by name or counted from 0; empty: those that hold no lists and no
    /// objects.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message names it.</exception>
    public static Table Read(string path, ToolStreams streams, Func<IReadOnlyList<string[]>, bool> hasHeader, IReadOnlyList<string> columns)
    {
        if (IsJson(path))
        {
            (string[] fields, List<string[]> cells) = JsonTable.Read(path, JsonLinesReader.Read(path, streams, 0, default), columns);
            return new Table(path, fields, cells, "JSON lines");
        }
        if (ParquetRows.Is(path))
        {
            string[] names = [.. ParquetRows.Columns(path).Select(column => column.Name)];
            return new Table(path, names, [.. ParquetRows.Read(path, names, 0, default).Select(row => Array.ConvertAll(row, cell => cell ?? ""))], "Parquet");
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

    /// <summary>How some of the columns are read again, those of labels first.</summary>
    /// <param name="labels">How many of them are labels.</param>
    /// <param name="columns">Their places.</param>
    public TableSource Source(int labels, params IReadOnlyList<int> columns) => new(Path.GetFullPath(_name), IsJson(_name) ? SourceForm.JsonLines : ParquetRows.Is(_name) ? SourceForm.Parquet : SourceForm.Separated)
    {
        Separator = Separator,
        HasHeader = Header is not null && Separator is not null,
        Columns = [.. columns.Select(column => (Header is null ? string.Create(CultureInfo.InvariantCulture, $"Col{column}") : Column(Name(column)) == column ? Header[column] : column.ToString(CultureInfo.InvariantCulture), column))],
        Labels = labels,
    };

    /// <summary>How many columns there are.</summary>
    public int Width => Header?.Count ?? (Rows.Count > 0 ? Rows[0].Length : 0);

    /// <summary>What the table was taken for, in a few words.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Rows.Count} rows, {Form}, {(Header is null ? "no header" : "with a header")}");

    /// <summary>The name of a column, or its number.</summary>
    public string Name(int column) => Header?[column].Trim() ?? column.ToString(CultureInfo.InvariantCulture);

    /// <summary>The place of a column that a user names, or counts from 0.</summary>
    /// <exception cref="InvalidDataException">There is none; the message says which there are.</exception>
    public int Column(string nameOrIndex) => TableColumns.Find(_name, Header, Width, nameOrIndex);

    /// <summary>The cell of a row.</summary>
    public static string Cell(string[] row, int column) => row[column];
}
