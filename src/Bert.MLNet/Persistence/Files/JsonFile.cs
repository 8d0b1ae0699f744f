using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bert.MLNet.Persistence;

/// <summary>Reads and writes JSON files. Unknown fields are kept: an object is written over its source.</summary>
internal static class JsonFile
{
    private static readonly JsonWriterOptions Style = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // In memory, each value is many times as large as in the text. A vocabulary has as many values as tokens.
    private const int MaxValues = 2_000_000;

    /// <exception cref="InvalidDataException">The text is not JSON, an object has a field twice, a string is not valid text, or there are
    /// too many values.</exception>
    public static JsonElement Parse(string json, string file)
    {
        if (json.AsSpan().Count(',') > MaxValues)
            throw new InvalidDataException($"'{file}' is too large: it has more than {MaxValues} values. Copy or download the file again.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            Check(document.RootElement, mayBeNoText: json.Contains("\\ud", StringComparison.OrdinalIgnoreCase));
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{file}' is not valid JSON: {exception.Message} Copy or download the file again.", exception);
        }
    }

    /// <summary>The text of a JSON value.</summary>
    public static string Format(object value) => Format(writer => JsonSerializer.Serialize(writer, value));

    /// <summary>
    /// The text of an object with these fields, in the order of the source. Null values are omitted unless the source has the field.
    /// </summary>
    /// <param name="source">The text of the object that the fields came from, or null.</param>
    /// <param name="fields">Names and values.</param>
    /// <param name="dropped">Fields of the source to omit.</param>
    public static string Merge(string? source, IReadOnlyDictionary<string, object?> fields, params IReadOnlyCollection<string> dropped) =>
        Format(writer =>
    {
        var missing = new Dictionary<string, object?>(fields);
        writer.WriteStartObject();
        if (source is not null)
        {
            foreach (JsonProperty field in Parse(source, "the source").EnumerateObject())
            {
                if (missing.Remove(field.Name, out object? value))
                    WriteField(writer, field.Name, value);
                else if (!dropped.Contains(field.Name))
                    field.WriteTo(writer);
            }
        }
        foreach ((string name, object? value) in missing)
        {
            if (value is not null)
                WriteField(writer, name, value);
        }
        writer.WriteEndObject();
    });

    private static string Format(Action<Utf8JsonWriter> write)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Style))
            write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value);
    }

    // JsonDocument would also detect duplicate fields, but loads the system's cryptography for it: 6 MB for the seed of a hash. And
    // it detects an escaped half of a surrogate pair only when the string is read.
    private static void Check(JsonElement element, bool mayBeNoText)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String when mayBeNoText:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    Check(item, mayBeNoText);
                break;
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    if (!names.Add(member.Name))
                        throw new JsonException($"'{member.Name}' occurs twice in one object.");
                    Check(member.Value, mayBeNoText);
                }
                break;
        }
    }
}
