using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bert.MLNet.Cli.Bulk;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Reads the lines of a data set in the format of their files' names: .tsv, .csv, .parquet, or JSON lines. The columns of a table become
/// fields, and an empty cell is a missing field.
/// </summary>
internal static class LineFile
{
    public const string Pipe = "-";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsDelimited(string path) => Path.GetExtension(path).ToUpperInvariant() is ".TSV" or ".CSV";

    /// <summary>The lines, read lazily.</summary>
    /// <param name="path">A file, a folder or a pattern, or <c>-</c> for JSON lines on standard input.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="columns">The fields that contain the texts.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, LineColumns columns, CancellationToken cancellation)
    {
        if (path == Pipe)
            return columns.In(WithTexts("Standard input", JsonLinesReader.Read(path, streams, cancellation), columns));
        Dataset dataset = Dataset.Open(path);
        return dataset.Chunks(dataset.Whole, columns, cancellation).SelectMany(chunk => chunk);
    }

    /// <summary>The same lines, followed by an error if none had a text, or none a second text that is needed.</summary>
    public static IEnumerable<JsonLine> WithTexts(string name, IEnumerable<JsonLine> lines, LineColumns columns)
    {
        var others = new HashSet<string>();
        bool hasText = false, hasPair = !columns.NeedsPair;
        foreach (JsonLine line in lines)
        {
            (hasText, hasPair) = (hasText || columns.HasText(line), hasPair || columns.HasPair(line));
            if (!hasText || !hasPair)
                others.UnionWith(line.Fields);
            yield return line;
        }
        if (!hasText && others.Count > 0)
            throw LineColumns.NoText(name, others);
        if (!hasPair && others.Count > 0)
            throw LineColumns.NoPair(name, others);
    }

    /// <summary>Converts a row to a line. Its id is a number if <paramref name="isNumber"/> returns true.</summary>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="number">The number of the row.</param>
    /// <param name="cells">The names of the columns and the cells.</param>
    /// <param name="isNumber">Decides whether an id is written as a number.</param>
    public static JsonLine Line(string name, long number, IEnumerable<(string Name, string? Value)> cells, Func<string, bool> isNumber)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            foreach ((string column, string? value) in cells)
            {
                if (value is null)
                    continue;
                json.WritePropertyName(column);
                if (column == "id" && isNumber(value))
                    json.WriteRawValue(value);
                else
                    json.WriteStringValue(value);
            }
            json.WriteEndObject();
        }
        return new JsonLine(stream.GetBuffer().AsSpan(0, (int)stream.Length), number, name, "Row");
    }

    /// <summary>Whether a cell is a 64-bit integer as JSON writes it.</summary>
    public static bool IsInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value.ToString(CultureInfo.InvariantCulture) == text;
}
