namespace Bert.MLNet;

/// <summary>A label of a text and its score. Immutable.</summary>
public sealed record BertLabelScore
{
    internal BertLabelScore(string label, float score) => (Label, Score) = (label, score);

    /// <summary>The name of the label.</summary>
    public string Label { get; }

    /// <summary>The probability of the label, from 0 to 1; of a regression, its value.</summary>
    public float Score { get; }
}
