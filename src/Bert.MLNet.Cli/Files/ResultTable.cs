using System.Text;
using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Writes JSON lines as a table, with one row group in memory. The values of an object become separate columns, such as <c>scores.good</c>.
/// A list of numbers is a list in Parquet; other nested values become JSON text.
/// </summary>
internal static class ResultTable
{
    public static bool IsFor(string path) => ParquetRows.Is(path) || LineFile.IsDelimited(path);

    /// <summary>Writes lines in the format of a file.</summary>
    /// <param name="lines">The lines, which are read twice.</param>
    /// <param name="output">The destination.</param>
    /// <param name="path">The file whose name determines the format.</param>
    public static void Write(Stream lines, Stream output, string path)
    {
        List<ResultColumn> columns = ColumnsOf(Rows(lines));
        if (ParquetRows.Is(path))
            ParquetResults.Write(Rows(lines), columns, output);
        else
            WriteDelimited(Rows(lines), columns, output, path);
    }

    private static void WriteDelimited(IEnumerable<JsonElement> rows, List<ResultColumn> columns, Stream output, string path)
    {
        using var table = new DelimitedResults(output, path);
        table.Write(columns.Select(column => column.Name));
        foreach (JsonElement row in rows)
            table.Write(columns.Select(column => column.Find(row) is { } value ? ResultColumn.TextOf(value) : ""));
    }

    /// <summary>The columns of rows, in the order in which they first occur.</summary>
    public static List<ResultColumn> ColumnsOf(IEnumerable<JsonElement> rows)
    {
        var columns = new List<ResultColumn>();
        var known = new Dictionary<string, ResultColumn>();
        foreach (JsonElement row in rows)
        {
            foreach (JsonProperty field in row.EnumerateObject())
            {
                if (field.Value.ValueKind != JsonValueKind.Object)
                {
                    See(field.Name, [field.Name], field.Value);
                    continue;
                }
                foreach (JsonProperty inner in field.Value.EnumerateObject())
                    See($"{field.Name}.{inner.Name}", [field.Name, inner.Name], inner.Value);
            }
        }
        return columns;

        void See(string name, string[] path, JsonElement value)
        {
            if (!known.TryGetValue(name, out ResultColumn? column))
                columns.Add(known[name] = column = new ResultColumn(name, path));
            column.See(value);
        }
    }

    private static IEnumerable<JsonElement> Rows(Stream lines)
    {
        lines.Position = 0;
        using var reader = new StreamReader(lines, Encoding.UTF8, false, 1 << 16, leaveOpen: true);
        while (reader.ReadLine() is { } line)
            yield return JsonElement.Parse(line);
    }
}
