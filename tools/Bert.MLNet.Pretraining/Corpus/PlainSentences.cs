using System.IO.Compression;
using System.Text.RegularExpressions;
using Bert.MLNet.Pretraining.Evaluation;

namespace Bert.MLNet.Pretraining;

/// <summary>Reads the sentences of texts and of the columns of tables.</summary>
internal static partial class PlainSentences
{
    /// <summary>Reads the distinct sentences of a source, in order.</summary>
    /// <param name="source">
    /// A UTF-8 file with one paragraph per line; or FILE:COLUMN[,COLUMN...] with columns counted from 0, for a .tsv file with a header or a
    /// .csv file without one. A file that ends in .gz is decompressed.
    /// </param>
    /// <param name="minWords">The number of words that a sentence has at least.</param>
    /// <param name="maxWords">The number of words that a sentence has at most; longer ones are left out.</param>
    public static IEnumerable<string> Read(string source, int minWords, int maxWords) => Paragraphs(source)
        .SelectMany(paragraph => End().Split(paragraph.Trim()))
        .Where(sentence => sentence.Count(' '.Equals) + 1 is int words && words >= minWords && words <= maxWords)
        .Distinct();

    private static IEnumerable<string> Paragraphs(string source)
    {
        int colon = source.LastIndexOf(':');
        if (colon < 0 || File.Exists(source))
            return Lines(source);
        string path = source[..colon];
        int[] columns = [.. source[(colon + 1)..].Split(',').Select(int.Parse)];
        bool isCsv = path.Replace(".gz", "", StringComparison.OrdinalIgnoreCase).EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        IEnumerable<string[]> rows = isCsv ? Lines(path).Select(Csv.Split) : Lines(path).Skip(1).Select(line => line.Split('\t'));
        return rows.SelectMany(row => columns.Select(column => column < row.Length
            ? row[column]
            : throw new InvalidDataException($"A row of '{path}' has {row.Length} columns, so it has no column {column}.")));
    }

    private static IEnumerable<string> Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        using Stream text = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return line;
        }
    }

    [GeneratedRegex("""(?<=[.!?]["')\]]?)\s+(?=["'(\[]?[A-Z0-9])""")]
    private static partial Regex End();
}
