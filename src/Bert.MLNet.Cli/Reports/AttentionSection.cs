using System.Globalization;
using System.Xml.Linq;
using Microsoft.ML;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section with heat maps of the last layer's attention.</summary>
internal static class AttentionSection
{
    private const int MostTokens = 28;

    private const double Cell = 13, Margin = 92;

    /// <param name="ml">The context.</param>
    /// <param name="bert">The trained checkpoint.</param>
    /// <param name="examples">Texts and pairs, each with its caption.</param>
    /// <returns>The section, or null if there are no examples or the checkpoint has no attention outputs.</returns>
    public static XElement? Create(MLContext ml, BertModel bert, IReadOnlyList<(string Text, string Pair, string Caption)> examples)
    {
        if (examples.Count == 0 || bert.Weights is null)
            return null;
        IDataView data = ml.Data.LoadFromEnumerable(examples.Select(example => new Input { Text = example.Text, Pair = example.Pair }));
        // A row without a second text is not a pair with an empty one, so either all rows are pairs or none.
        var pipeline = ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options
        {
            Model = bert,
            PairColumnName = examples.Any(example => example.Pair.Length > 0) ? "Pair" : null,
            TokensColumnName = "Tokens",
            MaxLength = Math.Min(MostTokens, bert.MaxSequenceLength),
        }).Append(ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options
        {
            Model = bert,
            AttentionsLayers = [bert.Config.NumHiddenLayers - 1],
        }));
        using var model = pipeline.Fit(data);
        return TrainingReport.Section("attention", "Attention",
            El("p", "For each token (rows), the probabilities with which it attends to the others (columns), in layer " +
                $"{bert.Config.NumHiddenLayers}, averaged over its {bert.Config.NumAttentionHeads} heads. Attention does not measure how " +
                $"important a word is. Texts are cut off at {MostTokens} tokens."),
            El("div", Class("pair"), ml.Data.CreateEnumerable<Output>(model.Transform(data), reuseRowObject: false)
                .Zip(examples, (row, example) => Figure(
                    row.Tokens, row.Tokens, MeanOverHeads(row.Attentions, row.Tokens.Length, bert.Config.NumAttentionHeads),
                    example.Caption)).ToArray()));
    }

    /// <summary>[heads, tokens, tokens] to [tokens, tokens].</summary>
    private static double[,] MeanOverHeads(float[] attentions, int tokens, int heads)
    {
        double[,] mean = new double[tokens, tokens];
        for (int i = 0; i < attentions.Length; i++)
            mean[i / tokens % tokens, i % tokens] += (double)attentions[i] / heads;
        return mean;
    }

    /// <summary>Draws a heat map.</summary>
    /// <param name="tokens">The tokens of the rows, which attend.</param>
    /// <param name="others">The tokens of the columns.</param>
    /// <param name="attention">The probabilities.</param>
    /// <param name="caption">The caption.</param>
    public static XElement Figure(string[] tokens, string[] others, double[,] attention, string caption)
    {
        double width = Margin + others.Length * Cell + 4, height = Margin + tokens.Length * Cell + 4;
        double most = attention.Cast<double>().Max();
        return El("figure", Class("attention"),
            El("svg", Attr("viewBox", $"0 0 {Text(width)} {Text(height)}"), Attr("style", $"max-width:{Text(width)}px"),
                Attr("role", "img"), Attr("aria-label", $"Attention of {tokens.Length} tokens: {caption}"),
                others.Select((other, j) => El("text", Class("token"),
                    Attr("transform", $"translate({Text(Margin + (j + 0.78) * Cell)} {Text(Margin - 5)}) rotate(-90)"), other)),
                tokens.Select((token, i) => El("g",
                    El("text", Class("token"), Attr("x", Text(Margin - 5)), Attr("y", Text(Margin + (i + 0.78) * Cell)),
                        Attr("text-anchor", "end"), token),
                    others.Select((other, j) =>
                        El("rect", Class("heat"), Attr("x", Text(Margin + j * Cell)), Attr("y", Text(Margin + i * Cell)),
                            Attr("width", Text(Cell - 1)), Attr("height", Text(Cell - 1)),
                        Attr("fill-opacity", Text(Math.Max(0.03, attention[i, j] / most))),
                        El("title", $"{token} attends to {other}: {Percent(attention[i, j])}")))))),
            El("figcaption", Attr("dir", "auto"), caption));
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public string Pair { get; set; } = "";
    }

    private sealed class Output
    {
        public string[] Tokens { get; set; } = [];

        public float[] Attentions { get; set; } = [];
    }
}
