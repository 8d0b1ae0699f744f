using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Bert.MLNet.Files;

/// <summary>One line of a JSON lines file: an object and its position.</summary>
internal sealed class JsonLine
{
    private readonly JsonElement _root;
    private readonly IReadOnlyDictionary<string, string>? _names;

    /// <summary>Reads a line.</summary>
    /// <param name="utf8">The line, in UTF-8.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="unit">The name of the line in messages.</param>
    /// <exception cref="InvalidDataException">The line is not a JSON object.</exception>
    public JsonLine(ReadOnlySpan<byte> utf8, long number, string file, string unit = "Line")
    {
        Place = string.Create(CultureInfo.InvariantCulture, $"{unit} {number} of {file}");
        try
        {
            _root = JsonElement.Parse(utf8);
        }
        catch (JsonException error)
        {
            throw Error(string.Create(
                CultureInfo.InvariantCulture,
                $"is not valid JSON from byte {error.BytePositionInLine + 1} on. Write one object per line, such as {{\"id\": 1, " +
                $"\"text\": \"…\"}}."));
        }
        if (_root.ValueKind != JsonValueKind.Object)
            throw Error("is not a JSON object. Write one object per line, such as {\"id\": 1, \"text\": \"…\"}.");
        if (utf8.IndexOf("\\u"u8) >= 0)
            CheckNames(_root);
    }

    /// <summary>Creates a line from an object.</summary>
    /// <param name="root">The object.</param>
    /// <param name="place">The name of its position in messages.</param>
    public JsonLine(JsonElement root, string place)
        : this(root, place, null) => CheckNames(root);

    private JsonLine(JsonElement root, string place, IReadOnlyDictionary<string, string>? names) =>
        (_root, Place, _names) = (root, place, names);

    /// <summary>The name of its position in messages, such as "Line 3 of 'reviews.jsonl'".</summary>
    public string Place { get; }

    /// <summary>The lines of a file, read lazily; blank lines are skipped.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Cancels reading before the next line.</param>
    /// <exception cref="InvalidDataException">A line is not a JSON object.</exception>
    public static IEnumerable<JsonLine> Read(TextFile file, CancellationToken cancellation = default)
    {
        for (long number = 1; file.ReadLine() is { } line; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsBlank(line))
                yield return new JsonLine(Encoding.UTF8.GetBytes(line), number, file.Name);
        }
    }

    /// <summary>Whether a line contains only white space.</summary>
    public static bool IsBlank(string line) => !line.AsSpan().ContainsAnyExcept(' ', '\t');

    /// <summary>The names of the fields, in order.</summary>
    public IEnumerable<string> Fields => _root.EnumerateObject().Select(property => property.Name);

    /// <summary>The same line with some fields under other names.</summary>
    /// <param name="names">The names in the line, by requested name.</param>
    public JsonLine With(IReadOnlyDictionary<string, string> names) => new(_root, Place, names);

    /// <summary>Whether the line has a field of this name, even if it is null.</summary>
    public bool Contains(string field) => _root.TryGetProperty(field, out _);

    /// <summary>Whether the field is a text, a number, a Boolean or null.</summary>
    public bool IsScalar(string field) => Find(field) is not { ValueKind: JsonValueKind.Array or JsonValueKind.Object };

    /// <summary>Whether the field exists and is not null.</summary>
    public bool Has(string field) => Find(field) is not null;

    /// <summary>The text of a field, or null if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public string? Text(string field)
    {
        if (Find(field) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String
            ? Text(value)
            : throw Error($"has a {field} that is not a string. Enclose it in quotes.");
    }

    /// <summary>A text, a number or a Boolean as text, or empty if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public string Value(string field) => Find(field) switch
    {
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        _ => Text(field) ?? "",
    };

    /// <summary>The integer of a field, or null if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public long? Integer(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out long integer) => integer,
        _ => throw Error($"has a {field} that is not an integer."),
    };

    /// <summary>The integers of a field, or null if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public long[]? Integers(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Error($"has {field} that are not a list of integers.");
        var integers = new long[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out integers[count++]))
                throw Error($"has {field} that are not a list of integers.");
        }
        return integers;
    }

    /// <summary>The texts of a field that is a list or a single text, or null if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public string[]? Texts(string field)
    {
        if (Find(field) is not { ValueKind: JsonValueKind.Array } value)
            return Text(field) is { } text ? [text] : null;
        return [.. value.EnumerateArray()
            .Select(item => item.ValueKind == JsonValueKind.String
            ? Text(item)
            : throw Error($"has {field} that is not a list of strings."))];
    }

    /// <summary>The objects of a field that is a list or a single object, or null if it is missing or null.</summary>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public JsonLine[]? Objects(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            throw Error($"has {field} that is not a list of objects.");
        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Object
            ? Within(item)
            : throw Error($"has {field} that is not a list of objects."))];
    }

    /// <summary>The first of the given fields that exists and is not null, or the first name if there is none.</summary>
    public string FirstOf(params string[] fields) => fields.FirstOrDefault(Has) ?? fields[0];

    /// <summary>Writes the field <c>id</c> with its original bytes, or nothing if there is none.</summary>
    public void WriteIdTo(Utf8JsonWriter writer)
    {
        if (!_root.TryGetProperty("id", out JsonElement id))
            return;
        writer.WritePropertyName("id");
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(id), skipInputValidation: true);
    }

    /// <summary>Creates an error that names the line.</summary>
    public InvalidDataException Error(string message, Exception? cause = null) => new($"{Place} {message}", cause);

    /// <summary>Wraps an object of this line, so that its errors name the line.</summary>
    public JsonLine Within(JsonElement item) => new(item, Place, null);

    /// <summary>The value of a field, or null if it is missing or null.</summary>
    public JsonElement? Find(string field) =>
        _root.TryGetProperty(_names?.GetValueOrDefault(field) ?? field, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>Rejects field names with half a surrogate pair, beside which System.Text.Json finds no other field.</summary>
    private void CheckNames(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                CheckNames(item);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                try
                {
                    _ = property.Name;
                }
                catch (InvalidOperationException error)
                {
                    throw Error("has a field whose name is not valid text: it contains half of a surrogate pair. Correct the name.", error);
                }
                CheckNames(property.Value);
            }
        }
    }

    private static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)[1..^1]));
        }
    }

    /// <summary>Reads a text with half a surrogate pair, which JSON and .NET allow but System.Text.Json rejects.</summary>
    private static string Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }
            char kind = escaped[++i];
            text.Append(kind switch
            {
                'u' => (char)int.Parse(escaped.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => kind,
            });
            if (kind == 'u')
                i += 4;
        }
        return text.ToString();
    }
}
