using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bert.MLNet.Cli.Files;

/// <summary>Reads rows of cells that a character separates. Cells can be quoted as in RFC 4180, unless the separator is a tab.</summary>
internal static class DelimitedText
{
    public const char Tab = '\t';

    private const int SampleLength = 1 << 16;

    /// <summary>The name of the format in messages.</summary>
    public static string NameOf(char separator) => separator switch
    {
        Tab => "tab-separated",
        ',' => "comma-separated",
        ';' => "semicolon-separated",
        _ => "pipe-separated",
    };

    /// <summary>
    /// The separator of a file. It is a tab for .tsv; otherwise it is the one that divides the first rows into the same number of cells.
    /// For .csv, a tab is the last choice.
    /// </summary>
    public static char SeparatorOf(string path)
    {
        string extension = Path.GetExtension(path).ToUpperInvariant();
        if (extension == ".TSV")
            return Tab;
        char[] buffer = new char[SampleLength];
        using TextFile file = TextFile.Open(path);
        string sample = new(buffer, 0, file.ReadBlock(buffer));
        char[] separators = extension == ".CSV" ? [',', ';', '|', Tab] : [Tab, ',', ';', '|'];
        foreach (char separator in separators)
        {
            int[] widths = [.. Parse(new StringReader(sample), separator, _ => { }).Select(row => row.Length)];
            if (sample.Length == SampleLength && widths.Length > 1)
                widths = widths[..^1]; // the last row is incomplete
            if (widths.Length > 0 && widths[0] > 1 && widths.All(width => width == widths[0]))
                return separator;
        }
        string first = sample.Split('\n', '\r')[0];
        return separators.FirstOrDefault(first.Contains, ',');
    }

    /// <summary>The first rows of a file, without validation.</summary>
    public static string[][] Sample(string path, int count)
    {
        using TextFile file = TextFile.Open(path);
        return [.. Parse(file, SeparatorOf(path), _ => { }).Take(count)];
    }

    /// <summary>The rows of a file, including the header, read lazily; blank lines are ignored.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether the first row is a header, which is not counted.</param>
    /// <exception cref="InvalidDataException">A row has a different number of cells than the first, or invalid quotes; the message names
    /// it.</exception>
    public static IEnumerable<string[]> Rows(string path, bool hasHeader)
    {
        char separator = SeparatorOf(path);
        using TextFile file = TextFile.Open(path);
        foreach (string[] row in Rows(file, file.Name, separator, hasHeader, hasHeader ? 0 : 1))
            yield return row;
    }

    /// <summary>The rows of a text, read lazily; blank lines are ignored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="separator">The separator between cells.</param>
    /// <param name="hasHeader">Whether the first row of the file is a header, for messages.</param>
    /// <param name="number">The number of the first row, which is 0 for the header.</param>
    /// <param name="width">The number of cells in each row, or null for that of the first.</param>
    /// <exception cref="InvalidDataException">A row has a different number of cells, or invalid quotes; the message names it.</exception>
    public static IEnumerable<string[]> Rows(
        TextReader text, string name, char separator, bool hasHeader, long number, int? width = null)
    {
        foreach (string[] row in Parse(text, separator, Refuse))
        {
            width ??= row.Length;
            if (row.Length != width)
            {
                throw Error($"has {row.Length} cells, but the {(hasHeader ? "header" : "first row")} has {width}. " +
                    (row.Length > width && separator != Tab
                        ? $"Put a cell that contains '{separator}' in quotes."
                        : "All rows must have the same number of cells."));
            }
            yield return row;
            number++;
        }

        void Refuse(string cell)
        {
            if (Complaint(cell) is { } complaint)
                throw Error(complaint);
        }

        InvalidDataException Error(string complaint) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{(number == 0 ? "The header" : $"Row {number}")} of {name} {complaint}"));
    }

    /// <summary>The cells of some columns of all rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether the first row is a header.</param>
    /// <param name="columns">The columns, by name or counted from 0.</param>
    public static IEnumerable<string[]> Cells(string path, bool hasHeader, params string[] columns)
    {
        int[]? places = null;
        foreach (string[] row in Rows(path, hasHeader))
        {
            bool isHeader = places is null && hasHeader;
            places ??= Array.ConvertAll(columns, column => TableColumns.Find(path, hasHeader ? row : null, row.Length, column));
            if (!isHeader)
                yield return Array.ConvertAll(places, place => row[place]);
        }
    }

    /// <param name="reader">The text.</param>
    /// <param name="separator">The separator between cells.</param>
    /// <param name="onQuotes">Receives the raw text of each cell whose quotes do not follow RFC 4180.</param>
    private static IEnumerable<string[]> Parse(TextReader reader, char separator, Action<string> onQuotes)
    {
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            Mode = separator == Tab ? CsvMode.NoEscape : CsvMode.RFC4180,
            BadDataFound = cell => onQuotes(cell.Field),
        });
        while (parser.Read())
        {
            string[] row = parser.Record!;
            if (row.Length > 1 || !string.IsNullOrWhiteSpace(row[0]) || parser.RawRecord.Contains('"'))
                yield return row;
        }
    }

    /// <summary>
    /// The error in the quotes of a cell, or null if they are text, as in <c>5" disk</c>, or if only white space follows the closing one.
    /// </summary>
    private static string? Complaint(string cell)
    {
        if (!cell.StartsWith('"'))
        {
            return cell.TrimStart().StartsWith('"')
                ? "has white space before a quote. Remove it; if the quote belongs to the text, enclose the whole cell in quotes and " +
                    "double the quote."
                : null;
        }
        int close = 1;
        while ((close = cell.IndexOf('"', close)) >= 0 && close + 1 < cell.Length && cell[close + 1] == '"')
            close += 2;
        if (close < 0)
            return "has a quote that is never closed. Double a quote inside a cell.";
        return string.IsNullOrWhiteSpace(cell[(close + 1)..]) ? null : "has text after a closing quote. Double a quote inside a cell.";
    }
}
