using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

// The bodies of the tasks of HuggingFace's inference API. Places are in code points, as in Python.

internal sealed record TextsRequest : TruncatingRequest
{
    /// <summary>A text or a list of texts.</summary>
    [JsonPropertyName("inputs")]
    public required OneOrMany<string> Inputs { get; init; }
}

internal sealed record EntityBody(
    [property: JsonPropertyName("entity_group")] string EntityGroup,
    [property: JsonPropertyName("score")] float Score,
    [property: JsonPropertyName("word")] string Word,
    [property: JsonPropertyName("start")] int Start,
    [property: JsonPropertyName("end")] int End);

internal sealed record QuestionsRequest : ModelRequest
{
    /// <summary>A question with its context, or a list of them.</summary>
    [JsonPropertyName("inputs")]
    public required OneOrMany<QuestionBody> Inputs { get; init; }
}

internal sealed record QuestionBody
{
    [JsonPropertyName("question")]
    public required string Question { get; init; }

    [JsonPropertyName("context")]
    public required string Context { get; init; }
}

/// <summary>The best answer; an empty one for none.</summary>
internal sealed record AnswerBody(
    [property: JsonPropertyName("score")] float Score,
    [property: JsonPropertyName("start")] int Start,
    [property: JsonPropertyName("end")] int End,
    [property: JsonPropertyName("answer")] string Answer);

/// <summary>A word for a mask. The number of the mask is present if the text has several.</summary>
internal sealed record FilledMaskBody(
    [property: JsonPropertyName("score")] float Score,
    [property: JsonPropertyName("token_str")] string TokenStr,
    [property: JsonPropertyName("sequence")] string Sequence,
    [property: JsonPropertyName("mask")] int? Mask);

internal sealed record AttentionRequest : ModelRequest
{
    [JsonPropertyName("inputs")]
    public required string Inputs { get; init; }
}

/// <summary>For each token the weights of all tokens, which add up to 1.</summary>
internal sealed record AttentionBody(
    [property: JsonPropertyName("tokens")] IReadOnlyList<string> Tokens,
    [property: JsonPropertyName("weights")] IReadOnlyList<float[]> Weights);

internal sealed record SummaryBody([property: JsonPropertyName("summary_text")] string SummaryText);

internal sealed record TranslationBody([property: JsonPropertyName("translation_text")] string TranslationText);
