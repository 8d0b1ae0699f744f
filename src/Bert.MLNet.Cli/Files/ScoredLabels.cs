using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>The predicted label of a row and the scores of all labels.</summary>
internal class ScoredLabels
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];

    /// <summary>Writes the fields <c>label</c> and <c>scores</c>.</summary>
    /// <param name="json">Receives the fields.</param>
    /// <param name="labels">The names of the labels, in the order of the scores.</param>
    public virtual void Write(Utf8JsonWriter json, IReadOnlyList<string> labels)
    {
        json.WriteString("label", PredictedLabel);
        json.WriteStartObject("scores");
        foreach ((string label, float score) in labels.Zip(Score))
            json.WriteNumber(label, score);
        json.WriteEndObject();
    }
}
