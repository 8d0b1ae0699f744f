using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>The texts that a decoder wrote for a row.</summary>
internal sealed class WrittenText
{
    public string PredictedText { get; set; } = "";

    public float Score { get; set; }

    public string[] Texts { get; set; } = [];

    public float[] Scores { get; set; } = [];

    /// <summary>Writes the best text and its <c>score</c> and, if there are several texts, all of them.</summary>
    /// <param name="json">The writer of the line.</param>
    /// <param name="field">The field of the best text.</param>
    /// <param name="plural">The field of all texts.</param>
    public void Write(Utf8JsonWriter json, string field, string plural)
    {
        json.WriteString(field, PredictedText);
        json.WriteNumber("score", Score);
        if (Texts.Length < 2)
            return;
        json.WriteStartArray(plural);
        foreach ((string text, float score) in Texts.Zip(Scores))
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteNumber("score", score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
