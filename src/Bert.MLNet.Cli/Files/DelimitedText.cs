using System.Text;

namespace Bert.MLNet.Cli.Files;

/// <summary>Rows of cells that a character separates. Where that is no tab, cells may be in quotes, as RFC 4180 has it.</summary>
internal static class DelimitedText
{
    public const char Tab = '\t';

    private const int SampleLength = 1 << 16;

    private static readonly char[] s_separators = [Tab, ',', ';', '|'];

    /// <summary>What messages call a file with this separator.</summary>
    public static string NameOf(char separator) => separator switch
    {
        Tab => "tab-separated",
        ',' => "comma-separated",
        ';' => "semicolon-separated",
        _ => "pipe-separated",
    };

    public static TextReader Open(string path) => TextFile.Open(path);

    /// <summary>The separator of a file: tab by the name .tsv, else the one that cuts its first rows into the same number of cells, which by the name .csv is rather no tab.</summary>
    public static char SeparatorOf(string path)
    {
        string extension = Path.GetExtension(path).ToUpperInvariant();
        if (extension == ".TSV")
            return Tab;
        char[] buffer = new char[SampleLength];
        using TextReader reader = Open(path);
        string sample = new(buffer, 0, reader.ReadBlock(buffer));
        char[] separators = extension == ".CSV" ? [',', ';', '|', Tab] : s_separators;
        foreach (char separator in separators)
        {
            int[] widths = [.. Rows(new StringReader(sample), separator, null).Select(row => row.Length)];
            if (sample.Length == SampleLength && widths.Length > 1)
                widths = widths[..^1]; // the last row is cut
            if (widths.Length > 0 && widths[0] > 1 && widths.All(width => width == widths[0]))
                return separator;
        }
        string first = sample.Split('\n')[0];
        return separators.FirstOrDefault(first.Contains, ',');
    }

    /// <summary>The rows of a text, read as they are asked for; blank lines are passed over.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="separator">Between cells.</param>
    /// <param name="file">The file that an error names; null: a text that ends within quotes is no error.</param>
    /// <exception cref="InvalidDataException">The text ends within quotes.</exception>
    public static IEnumerable<string[]> Rows(TextReader reader, char separator, string? file) =>
        separator == Tab ? Plain(reader) : Quoted(reader, separator, file);

    /// <summary>A cell as a file with this separator may hold it.</summary>
    public static string Escape(string cell, char separator)
    {
        if (separator == Tab)
            return cell.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
        return cell.AsSpan().ContainsAny(separator, '"', '\n') || cell.Contains('\r') ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
    }

    private static IEnumerable<string[]> Plain(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
                yield return line.Split(Tab);
        }
    }

    private static IEnumerable<string[]> Quoted(TextReader reader, char separator, string? file)
    {
        var row = new List<string>();
        var cell = new StringBuilder();
        bool inQuotes = false, wasQuoted = false;
        for (long count = 1; ;)
        {
            int next = reader.Read();
            char c = (char)next;
            if (next >= 0 && inQuotes)
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
            else if (next < 0 || c == separator || c == '\n')
            {
                if (inQuotes && file is not null)
                    throw new InvalidDataException($"'{file}' ends within the quotes of row {count}. Write a quote within a cell twice.");
                bool isEmpty = row.Count == 0 && cell.Length == 0 && !wasQuoted;
                row.Add(cell.ToString());
                cell.Clear();
                wasQuoted = false;
                if (next >= 0 && c == separator)
                    continue;
                if (!isEmpty)
                {
                    count++;
                    yield return [.. row];
                }
                row.Clear();
                if (next < 0)
                    yield break;
            }
            else if (c != '\r')
                cell.Append(c);
        }
    }
}
