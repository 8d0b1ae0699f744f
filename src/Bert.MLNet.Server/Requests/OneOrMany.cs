using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Bert.MLNet.Server.Requests;

/// <summary>One value, or a list of them. The answer has the same form.</summary>
/// <param name="Items">The values.</param>
/// <param name="IsSingle">Whether it is one value and no list.</param>
internal sealed record OneOrMany<T>(IReadOnlyList<T> Items, bool IsSingle);

/// <summary>Reads and writes <see cref="OneOrMany{T}"/>.</summary>
internal sealed class OneOrManyConverter<T> : JsonConverter<OneOrMany<T>>
{
    public override OneOrMany<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        if (reader.TokenType != JsonTokenType.StartArray)
            return new([Read(ref reader, type)], IsSingle: true);
        List<T> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Read(ref reader, type));
        return new(items, IsSingle: false);
    }

    public override void Write(Utf8JsonWriter writer, OneOrMany<T> value, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        if (value.IsSingle)
        {
            JsonSerializer.Serialize(writer, value.Items[0], type);
            return;
        }
        writer.WriteStartArray();
        foreach (T item in value.Items)
            JsonSerializer.Serialize(writer, item, type);
        writer.WriteEndArray();
    }

    private static T Read(ref Utf8JsonReader reader, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("A value is null.");
}
