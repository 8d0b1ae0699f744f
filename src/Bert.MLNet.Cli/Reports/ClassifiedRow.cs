namespace Bert.MLNet.Cli.Reports;

/// <summary>A text or pair with its label and what a classifier says of it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text; empty for none.</param>
/// <param name="Label">The place of its label.</param>
/// <param name="Predicted">The place of the label that was predicted.</param>
/// <param name="Scores">The probability of each label.</param>
internal sealed record ClassifiedRow(string Text, string Pair, int Label, int Predicted, float[] Scores)
{
    public bool IsRight => Label == Predicted;

    /// <summary>The probability of what was predicted.</summary>
    public float Confidence => Scores[Predicted];
}
