using Bert.MLNet.Cli.Reports;

namespace Bert.MLNet.Cli.Tables;

/// <summary>A training row, and the input columns of the trained models.</summary>
internal sealed class LabelledRow
{
    public string Label { get; set; } = "";

    /// <summary>The label of a similarity.</summary>
    public float Similarity { get; set; }

    public string Sentence1 { get; set; } = "";

    public string Sentence2 { get; set; } = "";

    /// <summary>Describes the row for a report.</summary>
    public DataRow Describe() => new(Sentence1, Sentence2, Label);
}
