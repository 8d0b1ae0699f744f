using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>The summary of a row and the sentences that it consists of.</summary>
internal sealed class SummarizedText
{
    public string Summary { get; set; } = "";

    public int[] SummaryIndexes { get; set; } = [];

    public float[] SentenceScores { get; set; } = [];

    public int[] SentenceStarts { get; set; } = [];

    public int[] SentenceEnds { get; set; } = [];

    /// <summary>Writes the fields <c>summary</c> and <c>sentences</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("summary", Summary);
        json.WriteStartArray("sentences");
        foreach (int index in SummaryIndexes)
        {
            json.WriteStartObject();
            json.WriteNumber("index", index);
            json.WriteNumber("score", SentenceScores[index]);
            json.WriteNumber("start", SentenceStarts[index]);
            json.WriteNumber("end", SentenceEnds[index]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
