using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

internal sealed record TokenizeRequest : ModelRequest
{
    [JsonPropertyName("inputs")]
    public required RequestTexts Inputs { get; init; }

    [JsonPropertyName("add_special_tokens")]
    public bool AddSpecialTokens { get; set; } = true;
}

/// <summary>A token and its place in the text in code points; no place for a special token.</summary>
internal sealed record TokenBody(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("special")] bool Special,
    [property: JsonPropertyName("start")] int? Start,
    [property: JsonPropertyName("stop")] int? Stop);

internal sealed record DecodeRequest : ModelRequest
{
    [JsonPropertyName("ids")]
    public required RequestTexts Ids { get; init; }

    [JsonPropertyName("skip_special_tokens")]
    public bool SkipSpecialTokens { get; set; } = true;
}
