using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section with heat maps of a decoder's attention to its sources.</summary>
internal static class CrossAttentionSection
{
    private const int MostTokens = 28;

    /// <param name="bert">The trained checkpoint.</param>
    /// <param name="examples">Sources, each with its caption.</param>
    public static XElement Create(BertModel bert, IReadOnlyList<(string Source, string Caption)> examples)
    {
        BertConfig decoder = bert.Decoder!.Config;
        return TrainingReport.Section("attention", "Attention to the source",
            El("p", "For each written token (rows), the probabilities with which the decoder attended to the tokens of the source " +
                $"(columns) when it wrote it, in layer {decoder.NumHiddenLayers}, averaged over its {decoder.NumAttentionHeads} heads. " +
                $"Attention does not measure how important a word is. Sources and texts are cut off at {MostTokens} tokens."),
            El("div", Class("pair"), examples.Select(example => Figure(BertCrossAttention.Compute(bert, example.Source), example.Caption))
                .ToArray()));
    }

    private static XElement Figure(BertCrossAttention attention, string caption)
    {
        string[] rows = [.. attention.Tokens.Take(MostTokens)], columns = [.. attention.SourceTokens.Take(MostTokens)];
        IReadOnlyList<float[]> mean = attention.Mean(attention.NumberOfLayers - 1);
        double[,] shown = new double[rows.Length, columns.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < columns.Length; j++)
                shown[i, j] = mean[i][j];
        }
        return AttentionSection.Figure(rows, columns, shown, caption);
    }
}
