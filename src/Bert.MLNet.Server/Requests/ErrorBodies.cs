using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>An error in the form of text-embeddings-inference.</summary>
internal sealed record InferenceError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_type")] string ErrorType);

/// <summary>An error in the form of OpenAI's API.</summary>
internal sealed record OpenAIError([property: JsonPropertyName("error")] OpenAIErrorBody Error);

/// <summary>The content of an <see cref="OpenAIError"/>.</summary>
internal sealed record OpenAIErrorBody(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("param"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonPropertyName("code"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
