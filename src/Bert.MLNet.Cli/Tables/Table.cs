using System.Globalization;
using System.Text;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Tables;

/// <summary>A table of texts in memory: tab- or comma-separated, or JSON lines.</summary>
internal sealed class Table
{
    private readonly string _name;

    private Table(string name, string[]? header, List<string[]> rows, string form) => (_name, Header, Rows, Form) = (name, header, rows, form);

    /// <summary>The names of the columns; null for a table without.</summary>
    public IReadOnlyList<string>? Header { get; }

    public IReadOnlyList<string[]> Rows { get; }

    /// <summary>What the table was taken for, such as <c>tab-separated</c>.</summary>
    public string Form { get; }

    /// <summary>Reads a file: JSON lines by the names .jsonl and .json, commas by .csv, else tabs where the first line has one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether the first line names the columns.</param>
    /// <param name="fields">The fields that are read of JSON lines.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message names it.</exception>
    public static Table Read(string path, bool hasHeader, IReadOnlyList<string> fields)
    {
        if (Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".JSON")
        {
            var streams = new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null);
            return new Table(path, [.. fields], [.. JsonLinesReader.Read(path, streams, default).Select(line => fields.Select(line.Value).ToArray())], "JSON lines");
        }
        bool commas = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) || !(File.ReadLines(path).FirstOrDefault() ?? "").Contains('\t');
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        List<string[]> rows = commas ? Quoted(reader, path) : Plain(reader);
        string[]? header = hasHeader && rows.Count > 0 ? rows[0] : null;
        if (header is not null)
            rows.RemoveAt(0);
        return new Table(path, header, rows, commas ? "comma-separated" : "tab-separated");
    }

    /// <summary>The place of a column that a user names, or counts from 0.</summary>
    /// <exception cref="InvalidDataException">There is none; the message says which there are.</exception>
    public int Column(string nameOrIndex)
    {
        if (Header is not null && Header.ToList().FindIndex(name => name.Trim() == nameOrIndex) is var named and >= 0)
            return named;
        int width = Header?.Count ?? (Rows.Count > 0 ? Rows[0].Length : 0);
        if (int.TryParse(nameOrIndex, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < width)
            return index;
        string known = Header is null ? $"{width} columns without names, counted from 0" : string.Join(", ", Header);
        throw new InvalidDataException($"'{_name}' has no column '{nameOrIndex}'; it has {known}.");
    }

    /// <summary>The cell of a row; a row that is too short has empty cells at its end.</summary>
    public static string Cell(string[] row, int column) => column < row.Length ? row[column] : "";

    private static List<string[]> Plain(StreamReader reader)
    {
        var rows = new List<string[]>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
                rows.Add(line.Split('\t'));
        }
        return rows;
    }

    /// <summary>Comma-separated values as RFC 4180 has them: a cell in quotes may hold commas, line breaks, and quotes written twice.</summary>
    private static List<string[]> Quoted(StreamReader reader, string path)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var cell = new StringBuilder();
        bool inQuotes = false, wasQuoted = false;
        while (reader.Read() is var next and >= 0)
        {
            char c = (char)next;
            if (inQuotes)
            {
                if (c != '"')
                    cell.Append(c);
                else if (reader.Peek() == '"')
                    cell.Append((char)reader.Read());
                else
                    inQuotes = false;
            }
            else if (c == '"' && cell.Length == 0 && !wasQuoted)
                inQuotes = wasQuoted = true;
            else if (c is ',' or '\n')
                End(c == '\n');
            else if (c != '\r')
                cell.Append(c);
        }
        if (inQuotes)
            throw new InvalidDataException($"'{path}' ends within the quotes of row {rows.Count + 1}. Write a quote within a cell twice.");
        End(endsRow: true);
        return rows;

        void End(bool endsRow)
        {
            row.Add(cell.ToString());
            if (endsRow && (row.Count > 1 || cell.Length > 0 || wasQuoted))
                rows.Add([.. row]);
            if (endsRow)
                row.Clear();
            cell.Clear();
            wasQuoted = false;
        }
    }
}
