using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.VectorData;

namespace Bert.MLNet.Samples.VectorStore;

/// <summary>Reads the attributes of a record: its key, the text that is embedded, and everything else, which is kept as JSON.</summary>
internal sealed class RecordMapping<TKey, TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly PropertyInfo _key, _text;
    private readonly JsonSerializerOptions _json;

    /// <param name="dimensions">The number of values of a vector; null for that of the attribute.</param>
    /// <exception cref="InvalidOperationException">The record does not have the attributes that a collection needs.</exception>
    public RecordMapping(int? dimensions)
    {
        _key = Single<VectorStoreKeyAttribute>(typeof(TKey));
        _text = Single<VectorStoreVectorAttribute>(typeof(string));
        VectorStoreVectorAttribute vector = _text.GetCustomAttribute<VectorStoreVectorAttribute>()!;
        if (vector.DistanceFunction is not (null or DistanceFunction.CosineSimilarity))
            throw new InvalidOperationException(
                $"'{typeof(TRecord).Name}.{_text.Name}' asks for {vector.DistanceFunction}; this collection compares by " +
                $"{DistanceFunction.CosineSimilarity}.");
        Dimensions = dimensions ?? vector.Dimensions;
        // The text of the vector is made of other properties, or can be made again.
        _json = new JsonSerializerOptions
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver
            {
                Modifiers =
                {
                    type =>
                    {
                        if (type.Type == typeof(TRecord) && type.Properties.FirstOrDefault(IsText) is { } text)
                            type.Properties.Remove(text);
                    },
                },
            },
        };

        bool IsText(JsonPropertyInfo property) => property.AttributeProvider is MemberInfo member && member.Name == _text.Name;
    }

    /// <summary>The number of values of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Returns the key of a record.</summary>
    public TKey KeyOf(TRecord record) => (TKey)_key.GetValue(record)!;

    /// <summary>Returns the text of a record that is embedded.</summary>
    public string TextOf(TRecord record) => (string?)_text.GetValue(record) ?? "";

    /// <summary>Returns a record without the text of its vector.</summary>
    public string Write(TRecord record) => JsonSerializer.Serialize(record, _json);

    /// <summary>Reads what <see cref="Write"/> returned.</summary>
    public TRecord Read(string json) => JsonSerializer.Deserialize<TRecord>(json, _json)!;

    private static PropertyInfo Single<TAttribute>(Type type)
        where TAttribute : Attribute
    {
        string name = typeof(TAttribute).Name[..^"Attribute".Length];
        PropertyInfo[] marked = [.. typeof(TRecord).GetProperties().Where(property => property.IsDefined(typeof(TAttribute)))];
        if (marked.Length != 1)
            throw new InvalidOperationException(
                $"'{typeof(TRecord).Name}' has {marked.Length} properties with [{name}]. Mark one of them.");
        return marked[0].PropertyType == type
            ? marked[0]
            : throw new InvalidOperationException(
                $"'{typeof(TRecord).Name}.{marked[0].Name}' with [{name}] is of type {marked[0].PropertyType.Name}; this collection " +
                $"expects {type.Name}.");
    }
}
