using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>A request of OpenAI's API, which may also ask for truncation.</summary>
internal sealed record OpenAIEmbeddingsRequest : TruncatingRequest
{
    [JsonPropertyName("input")]
    public required RequestTexts Input { get; init; }

    /// <summary>The form of the vectors: <c>float</c> or <c>base64</c>.</summary>
    [JsonPropertyName("encoding_format")]
    public string EncodingFormat { get; set; } = "float";

    /// <summary>The number of values that are kept of each vector.</summary>
    [JsonPropertyName("dimensions")]
    public int? Dimensions { get; init; }
}

internal sealed record OpenAIEmbeddingList(
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("data")] IReadOnlyList<OpenAIEmbedding> Data,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("usage")] OpenAIUsage Usage);

internal sealed record OpenAIEmbedding(
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("embedding")] OpenAIVector Embedding);

internal sealed record OpenAIUsage(
    [property: JsonPropertyName("prompt_tokens")] long PromptTokens,
    [property: JsonPropertyName("total_tokens")] long TotalTokens);

internal sealed record OpenAIModelList(
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("data")] IReadOnlyList<OpenAIModel> Data);

internal sealed record OpenAIModel(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("owned_by")] string OwnedBy);

/// <summary>A vector as a list of numbers, or as base64 of its little-endian bytes.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record OpenAIVector(float[] Values, bool IsBase64)
{
    internal sealed class Converter : JsonConverter<OpenAIVector>
    {
        public override OpenAIVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Vectors are only written.");

        public override void Write(Utf8JsonWriter writer, OpenAIVector value, JsonSerializerOptions options)
        {
            if (value.IsBase64)
            {
                var bytes = new byte[value.Values.Length * sizeof(float)];
                for (int i = 0; i < value.Values.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), value.Values[i]);
                writer.WriteBase64StringValue(bytes);
                return;
            }
            writer.WriteStartArray();
            foreach (float number in value.Values)
                writer.WriteNumberValue(number);
            writer.WriteEndArray();
        }
    }
}
