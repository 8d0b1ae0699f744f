using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// Joins parts in the format of their names. JSON lines and tables are those of a single run, byte for byte; a Parquet file has the same
/// columns and rows.
/// </summary>
internal static class JoinedParts
{
    /// <summary>Writes all parts, with a few rows or, for Parquet, one row group in memory.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="output">The destination.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public static void Write(PartSet parts, Stream output, CancellationToken cancellation)
    {
        string path = parts.Parts[0].Path;
        if (ParquetRows.Is(path))
            WriteParquet(parts, output, cancellation);
        else if (LineFile.IsDelimited(path))
            WriteTables(parts, output, cancellation);
        else
            parts.Parts.ToList().ForEach(part => Copy(part.Path, 0, output, cancellation));
    }

    private static void WriteParquet(PartSet parts, Stream output, CancellationToken cancellation)
    {
        ParquetResults.Write(Rows(), ResultTable.ColumnsOf(Rows()), output);

        IEnumerable<JsonElement> Rows()
        {
            foreach (JsonElement row in parts.Parts.SelectMany(part => ParquetPart.Read(part.Path)))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return row;
            }
        }
    }

    /// <summary>Writes the columns of all parts, in the order in which they first occur, as a single run does.</summary>
    private static void WriteTables(PartSet parts, Stream output, CancellationToken cancellation)
    {
        string[][] headers = [.. parts.Parts.Select(part => part.Rows == 0 ? [] : HeaderOf(part.Path))];
        string[] columns = [.. headers.SelectMany(header => header).Distinct()];
        byte[] first = Row(columns, parts.Parts[0].Path);
        output.Write(first);
        foreach ((WrittenPart part, string[] header) in parts.Parts.Zip(headers))
        {
            if (part.Rows == 0)
                continue;
            if (header.SequenceEqual(columns))
                Copy(part.Path, first.Length, output, cancellation);
            else
                Rearrange(part, header, columns, output, cancellation);
        }
    }

    private static void Rearrange(
        WrittenPart part, string[] header, string[] columns, Stream output, CancellationToken cancellation)
    {
        int[] places = [.. columns.Select(column => Array.IndexOf(header, column))];
        using var table = new DelimitedResults(output, part.Path);
        long count = 0;
        foreach (string[] row in RowsOf(part.Path).Skip(1))
        {
            cancellation.ThrowIfCancellationRequested();
            table.Write(places.Select(place => place < 0 ? "" : row[place]));
            count++;
        }
        if (count != part.Rows)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{part.Path}' has {count} rows that can be read, not {part.Rows}. Write parts as .jsonl instead."));
    }

    private static string[] HeaderOf(string path) => RowsOf(path).FirstOrDefault([]);

    private static IEnumerable<string[]> RowsOf(string path)
    {
        using TextFile text = TextFile.Open(path);
        foreach (string[] row in DelimitedText.Rows(text, text.Name, DelimitedResults.SeparatorOf(path), hasHeader: true, 0))
            yield return row;
    }

    private static byte[] Row(string[] cells, string path)
    {
        using var bytes = new MemoryStream();
        using (var table = new DelimitedResults(bytes, path))
            table.Write(cells);
        return bytes.ToArray();
    }

    private static void Copy(string path, long start, Stream output, CancellationToken cancellation)
    {
        using FileStream input = File.OpenRead(path);
        input.Position = start;
        byte[] buffer = new byte[1 << 17];
        while (input.Read(buffer) is var read and > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            output.Write(buffer, 0, read);
        }
    }
}
