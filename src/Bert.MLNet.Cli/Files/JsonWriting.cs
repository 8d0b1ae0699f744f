using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>Lists of numbers in JSON.</summary>
internal static class JsonWriting
{
    public static void WriteIntegers(this Utf8JsonWriter json, string name, IEnumerable<int> values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    /// <summary>Writes values as nested lists; the last dimension is the innermost list.</summary>
    public static void WriteFloats(this Utf8JsonWriter json, string name, ReadOnlySpan<float> values, params ReadOnlySpan<int> dimensions)
    {
        json.WritePropertyName(name);
        Write(json, values, dimensions);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<float> values, ReadOnlySpan<int> dimensions)
    {
        json.WriteStartArray();
        int size = values.Length / Math.Max(1, dimensions[0]);
        for (int i = 0; i < dimensions[0]; i++)
        {
            if (dimensions.Length == 1)
                json.WriteNumberValue(values[i]);
            else
                Write(json, values.Slice(i * size, size), dimensions[1..]);
        }
        json.WriteEndArray();
    }
}
