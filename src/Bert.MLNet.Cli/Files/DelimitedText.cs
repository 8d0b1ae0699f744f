using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Rows of cells that a character separates. Cells may be in quotes, as RFC 4180 has it, except where the separator is a tab.
/// </summary>
internal static class DelimitedText
{
    public const char Tab = '\t';

    private const int SampleLength = 1 << 16;

    /// <summary>What messages call a file with this separator.</summary>
    public static string NameOf(char separator) => separator switch
    {
        Tab => "tab-separated",
        ',' => "comma-separated",
        ';' => "semicolon-separated",
        _ => "pipe-separated",
    };

    /// <summary>The separator of a file: tab by the name .tsv, else the one that cuts its first rows into the same number of cells, which by the name .csv is rather no tab.</summary>
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
                widths = widths[..^1]; // the last row is cut
            if (widths.Length > 0 && widths[0] > 1 && widths.All(width => width == widths[0]))
                return separator;
        }
        string first = sample.Split('\n', '\r')[0];
        return separators.FirstOrDefault(first.Contains, ',');
    }

    /// <summary>The first rows of a file, whatever is wrong with them.</summary>
    public static string[][] Sample(string path, int count)
    {
        using TextFile file = TextFile.Open(path);
        return [.. Parse(file, SeparatorOf(path), _ => { }).Take(count)];
    }

    /// <summary>The rows of a file, the header among them, read as they are asked for; blank lines are ignored.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether the first row names the columns, and is not counted.</param>
    /// <exception cref="InvalidDataException">A row has another number of cells than the first, or quotes that are not in order; the
    /// message names it.</exception>
    public static IEnumerable<string[]> Rows(string path, bool hasHeader)
    {
        char separator = SeparatorOf(path);
        using TextFile file = TextFile.Open(path);
        long number = hasHeader ? 0 : 1;
        int? width = null;
        foreach (string[] row in Parse(file, separator, Refuse))
        {
            width ??= row.Length;
            if (row.Length != width)
            {
                throw Error($"has {row.Length} cells, and the {(hasHeader ? "header" : "first row")} has {width}. " +
                    (row.Length > width && separator != Tab ? $"Put a cell that contains '{separator}' in quotes." : "Give all rows the same number of cells."));
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
            new(string.Create(CultureInfo.InvariantCulture, $"{(number == 0 ? "The header" : $"Row {number}")} of '{path}' {complaint}"));
    }

    /// <summary>The cells of some columns of all rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether the first row names the columns.</param>
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
    /// <param name="separator">What stands between cells.</param>
    /// <param name="onQuotes">Told of a cell as it stands in the text if its quotes are not those of RFC 4180.</param>
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
    /// What is wrong with the quotes of a cell; null where they are text, as in <c>5" disk</c>, or only blanks stand behind the closing
    /// one.
    /// </summary>
    private static string? Complaint(string cell)
    {
        if (!cell.StartsWith('"'))
        {
            return cell.TrimStart().StartsWith('"')
                ? "has a blank before a quote. Take it out; if the quote belongs to the text, put the whole cell in quotes and write the quote twice."
                : null;
        }
        int close = 1;
        while ((close = cell.IndexOf('"', close)) >= 0 && close + 1 < cell.Length && cell[close + 1] == '"')
            close += 2;
        if (close < 0)
            return "has a quote that is never closed. Write a quote within a cell twice.";
        return string.IsNullOrWhiteSpace(cell[(close + 1)..]) ? null : "has text behind a closing quote. Write a quote within a cell twice.";
    }
}
