namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A text, or two, with a label: 0 or 1 for a class, any number for a similarity.</summary>
internal sealed class LabelledPair
{
    public string Sentence1 { get; set; } = "";

    public string Sentence2 { get; set; } = "";

    public float Score { get; set; }

    public bool Label => Score == 1;
}
