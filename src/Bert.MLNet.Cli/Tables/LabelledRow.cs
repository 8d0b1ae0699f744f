using Bert.MLNet.Cli.Reports;

namespace Bert.MLNet.Cli.Tables;

/// <summary>A row to learn from, and the columns of the models that come out.</summary>
internal sealed class LabelledRow
{
    public string Label { get; set; } = "";

    /// <summary>The label of a similarity.</summary>
    public float Similarity { get; set; }

    public string Sentence1 { get; set; } = "";

    public string Sentence2 { get; set; } = "";

    /// <summary>What a report says of it.</summary>
    public DataRow Describe() => new(Sentence1, Sentence2, Label);
}
