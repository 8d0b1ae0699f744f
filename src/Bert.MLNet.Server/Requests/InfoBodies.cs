using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>The first model and the limits, as in text-embeddings-inference, and all models.</summary>
internal sealed record InfoBody
{
    [JsonPropertyName("model_id")]
    public required string ModelId { get; init; }

    [JsonPropertyName("max_input_length")]
    public required int? MaxInputLength { get; init; }

    [JsonPropertyName("max_batch_tokens")]
    public required int MaxBatchTokens { get; init; }

    [JsonPropertyName("max_client_batch_size")]
    public required int MaxClientBatchSize { get; init; }

    [JsonPropertyName("auto_truncate")]
    public required bool AutoTruncate { get; init; }

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    [JsonPropertyName("models")]
    public required IReadOnlyList<ModelInfoBody> Models { get; init; }
}

internal sealed record ModelInfoBody(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("tasks")] IReadOnlyList<string> Tasks,
    [property: JsonPropertyName("model_type")] string? ModelType,
    [property: JsonPropertyName("max_input_length")] int? MaxInputLength,
    [property: JsonPropertyName("prompts")] IReadOnlyList<string> Prompts);
