namespace Bert.MLNet.Cli.Reports;

/// <summary>A text or pair with its label and a classifier's prediction.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text, or empty.</param>
/// <param name="Label">The index of its label.</param>
/// <param name="Predicted">The index of the predicted label.</param>
/// <param name="Scores">The probability of each label.</param>
internal sealed record ClassifiedRow(string Text, string Pair, int Label, int Predicted, float[] Scores)
{
    public bool IsRight => Label == Predicted;

    /// <summary>The probability of the predicted label.</summary>
    public float Confidence => Scores[Predicted];
}
