using System.Text.Json;

namespace Bert.MLNet.Persistence;

/// <summary>Reads typed fields of a JSON object in a file. Errors name the file and the field. Null counts as missing.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement _root;
    private readonly string _file;

    private JsonFields(JsonElement root, string file)
    {
        _root = root;
        _file = file;
    }

    public static JsonFields Parse(string json, string file) => Of(JsonFile.Parse(json, file), file);

    public static JsonFields Of(JsonElement element, string file) => element.ValueKind == JsonValueKind.Object
        ? new JsonFields(element, file)
        : throw new InvalidDataException(
            $"'{file}' contains a JSON {element.ValueKind.ToString().ToLowerInvariant()} instead of an object. Copy or download the file " +
            "again.");

    /// <summary>The value of the first of these names that exists.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (_root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
                return value;
        }
        return null;
    }

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, "a string");

    public bool? Flag(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false");

    public int? Whole(string name, int minimum, params ReadOnlySpan<string> otherNames)
    {
        string found = name;
        JsonElement? value = Find(name);
        foreach (string other in otherNames)
        {
            if (value is null)
                value = Find(found = other);
        }
        if (value is not { } element)
            return null;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number) && number >= minimum
            ? number : throw Wrong(found, element, $"a whole number from {minimum} to {int.MaxValue}");
    }

    public double? Number(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number : throw Wrong(name, value, "a number");

    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Wrong(name, value, "a list of strings");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>Whether the field exists, even if it is null.</summary>
    public bool Has(string name) => _root.TryGetProperty(name, out _);

    /// <summary>All fields.</summary>
    public IEnumerable<JsonProperty> Members() => _root.EnumerateObject();

    /// <summary>The members of an object, or null if it is missing.</summary>
    public IEnumerable<JsonProperty>? Members(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong(name, value, "an object");

    public InvalidDataException Wrong(string name, JsonElement value, string due)
    {
        string text = PrintableText.Of(value.GetRawText());
        return new InvalidDataException(
            $"'{name}' in '{_file}' is {(text.Length > 40 ? text[..40] + "…" : text)}; expected {due}. Correct the file.");
    }
}
