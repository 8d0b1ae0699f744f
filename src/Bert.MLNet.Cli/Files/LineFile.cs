using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Reads the lines of a data set in the format of its name: .tsv, .csv, .parquet, or JSON lines. The columns of a table become fields, and
/// an empty cell is a missing field.
/// </summary>
internal static class LineFile
{
    public const string Pipe = "-";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsDelimited(string path) => Path.GetExtension(path).ToUpperInvariant() is ".TSV" or ".CSV";

    /// <summary>The lines, read lazily.</summary>
    /// <param name="path">The file, or <c>-</c> for JSON lines on standard input.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="skip">The number of lines to skip.</param>
    /// <param name="columns">The fields that contain the texts.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(
        string path, ToolStreams streams, long skip, LineColumns columns, CancellationToken cancellation)
    {
        if (path != Pipe && IsDelimited(path))
            return Delimited(path, skip, columns, cancellation);
        if (path != Pipe && ParquetRows.Is(path))
            return Parquet(path, skip, columns, cancellation);
        if (path == Pipe)
            return columns.In(WithTexts("Standard input", JsonLinesReader.Read(path, streams, skip, cancellation), columns));
        // before anything is answered
        IEnumerable<JsonLine> all = WithTexts($"'{path}'", JsonLinesReader.Read(path, streams, 0, cancellation), columns);
        using (IEnumerator<JsonLine> lines = all.GetEnumerator())
        {
            bool hasText = false, hasPair = !columns.NeedsPair;
            while (!(hasText && hasPair) && lines.MoveNext())
                (hasText, hasPair) = (hasText || columns.HasText(lines.Current), hasPair || columns.HasPair(lines.Current));
        }
        return columns.In(JsonLinesReader.Read(path, streams, skip, cancellation));
    }

    /// <summary>The number of lines.</summary>
    public static long Count(string path, LineColumns columns, CancellationToken cancellation)
    {
        if (ParquetRows.Is(path))
            return ParquetRows.Count(path);
        if (!IsDelimited(path))
            return JsonLinesReader.Count(path, cancellation);
        bool hasHeader = HasHeader(path, columns);
        return Math.Max(0, DelimitedText.Rows(path, hasHeader).LongCount() - (hasHeader ? 1 : 0));
    }

    /// <summary>The same lines, followed by an error if none had a text, or none a second text that is needed.</summary>
    private static IEnumerable<JsonLine> WithTexts(string name, IEnumerable<JsonLine> lines, LineColumns columns)
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

    private static bool HasHeader(string path, LineColumns columns) =>
        DelimitedText.Sample(path, 1) is [var first] && columns.HasHeader(first);

    private static IEnumerable<JsonLine> Delimited(string path, long skip, LineColumns columns, CancellationToken cancellation)
    {
        bool hasHeader = HasHeader(path, columns);
        using IEnumerator<string[]> rows = DelimitedText.Rows(path, hasHeader).GetEnumerator();
        if (!rows.MoveNext())
            yield break;
        // If several columns have the same name, the first keeps it, as in training tables; the others are numbered.
        var taken = new HashSet<string>();
        string[] names = [.. rows.Current.Select((name, i) => hasHeader && taken.Add(name.Trim())
            ? name.Trim()
            : i.ToString(CultureInfo.InvariantCulture))];
        IReadOnlyDictionary<string, string> fields = columns.In(path, names);
        for (long number = 1; !hasHeader || rows.MoveNext(); number++)
        {
            hasHeader = true; // without a header, the first row has already been read
            cancellation.ThrowIfCancellationRequested();
            if (number > skip)
                yield return Line(path, number, names.Zip(rows.Current.Select(cell => cell.Length == 0 ? null : cell)), IsInteger)
                    .With(fields);
        }
    }

    private static IEnumerable<JsonLine> Parquet(string path, long skip, LineColumns columns, CancellationToken cancellation)
    {
        (string Name, bool IsInteger)[] schema = ParquetRows.Columns(path);
        string[] names = [.. schema.Select(column => column.Name)];
        IReadOnlyDictionary<string, string> fields = columns.In(path, names);
        bool hasIntegerId = schema.Contains(("id", true));
        long number = skip;
        foreach (string?[] row in ParquetRows.Read(path, names, skip, cancellation))
            yield return Line(path, ++number, names.Zip(row), _ => hasIntegerId).With(fields);
    }

    /// <summary>Converts a row to a line. Its id is a number if <paramref name="isNumber"/> returns true.</summary>
    private static JsonLine Line(string path, long number, IEnumerable<(string Name, string? Value)> cells, Func<string, bool> isNumber)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            foreach ((string name, string? value) in cells)
            {
                if (value is null)
                    continue;
                json.WritePropertyName(name);
                if (name == "id" && isNumber(value))
                    json.WriteRawValue(value);
                else
                    json.WriteStringValue(value);
            }
            json.WriteEndObject();
        }
        return new JsonLine(stream.GetBuffer().AsSpan(0, (int)stream.Length), number, $"'{path}'", "Row");
    }

    private static bool IsInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value.ToString(CultureInfo.InvariantCulture) == text;
}
