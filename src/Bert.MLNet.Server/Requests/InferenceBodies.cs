using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

// The bodies of text-embeddings-inference. Every request may also name a model of this server, and else the first one with the task
// answers.

/// <summary>What all requests can say.</summary>
internal abstract record ModelRequest
{
    /// <summary>The id of the model.</summary>
    [JsonPropertyName("model")]
    public string? Model { get; init; }
}

/// <summary>What requests with texts that can be too long can say.</summary>
internal abstract record TruncatingRequest : ModelRequest
{
    [JsonPropertyName("truncate")]
    public bool? Truncate { get; init; }
}

internal sealed record EmbedRequest : TruncatingRequest
{
    [JsonPropertyName("inputs")]
    public required RequestTexts Inputs { get; init; }

    /// <summary>Whether vectors are scaled to length 1.</summary>
    [JsonPropertyName("normalize")]
    public bool Normalize { get; set; } = true;

    [JsonPropertyName("prompt_name")]
    public string? PromptName { get; init; }

    /// <summary>The number of values that are kept of each vector.</summary>
    [JsonPropertyName("dimensions")]
    public int? Dimensions { get; init; }
}

internal sealed record RerankRequest : TruncatingRequest
{
    [JsonPropertyName("query")]
    public required string Query { get; init; }

    [JsonPropertyName("texts")]
    public required IReadOnlyList<string> Texts { get; init; }

    [JsonPropertyName("raw_scores")]
    public bool RawScores { get; set; }

    [JsonPropertyName("return_text")]
    public bool ReturnText { get; set; }
}

internal sealed record RankBody(
    [property: JsonPropertyName("index")] int Index,
    [property: JsonPropertyName("text")] string? Text,
    [property: JsonPropertyName("score")] float Score);

internal sealed record PredictRequest : TruncatingRequest
{
    [JsonPropertyName("inputs")]
    public required PredictInputs Inputs { get; init; }

    [JsonPropertyName("raw_scores")]
    public bool RawScores { get; set; }
}

internal sealed record PredictionBody(
    [property: JsonPropertyName("score")] float Score,
    [property: JsonPropertyName("label")] string Label);

internal sealed record SimilarityRequest : ModelRequest
{
    [JsonPropertyName("inputs")]
    public required SimilarityInputs Inputs { get; init; }

    [JsonPropertyName("parameters")]
    public SimilarityParameters? Parameters { get; init; }
}

internal sealed record SimilarityInputs
{
    [JsonPropertyName("source_sentence")]
    public required string SourceSentence { get; init; }

    [JsonPropertyName("sentences")]
    public required IReadOnlyList<string> Sentences { get; init; }
}

internal sealed record SimilarityParameters : TruncatingRequest
{
    [JsonPropertyName("prompt_name")]
    public string? PromptName { get; init; }
}
