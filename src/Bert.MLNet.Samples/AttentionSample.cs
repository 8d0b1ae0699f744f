using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples;

/// <summary>Draws which token looks at which in the last layer: the attention probabilities, averaged over the heads.</summary>
public static class AttentionSample
{
    private const string Shades = " ░▒▓█";

    public sealed class Input
    {
        public string Text { get; set; } = "";
    }

    public sealed class Output
    {
        public string[] Tokens { get; set; } = [];
        public float[] Attentions { get; set; } = []; // [heads, tokens, tokens] of the one layer that is asked for
    }

    /// <param name="bert">The model.</param>
    /// <param name="text">What it reads.</param>
    public static void Run(BertModel bert, string text)
    {
        (string[] tokens, float[][] attention) = Compute(bert, text);
        Console.WriteLine($"{"",-18}{string.Concat(Enumerable.Range(1, tokens.Length).Select(number => $"{number,3}"))}   looks most at");
        for (int i = 0; i < tokens.Length; i++)
        {
            float most = attention[i].Max();
            string cells = string.Concat(attention[i].Select(share => " " + new string(Shades[(int)(share / most * (Shades.Length - 1))], 2)));
            int target = Array.IndexOf(attention[i], most);
            Console.WriteLine($"{i + 1,3} {tokens[i],-14}{cells}   {tokens[target]} ({target + 1}), {most:P0}");
        }
    }

    /// <returns>The tokens and, for each, how its attention is shared among all: a row of probabilities.</returns>
    public static (string[] Tokens, float[][] Attention) Compute(BertModel bert, string text)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new Input { Text = text }]);
        var pipeline = ml.Transforms.Text.ApplyBertTokenizer(bert, new BertTokenizerEstimator.Options { TokensColumnName = "Tokens" })
            .Append(ml.Transforms.Text.ApplyBertEncoder(bert, new BertEncoderEstimator.Options { AttentionsLayers = [bert.Config.NumHiddenLayers - 1] }));
        using TransformerChain<BertEncoderTransformer> model = pipeline.Fit(data);
        Output output = ml.Data.CreateEnumerable<Output>(model.Transform(data), reuseRowObject: false).Single();

        int heads = bert.Config.NumAttentionHeads, length = output.Tokens.Length;
        var attention = output.Tokens.Select(_ => new float[length]).ToArray();
        for (int i = 0; i < output.Attentions.Length; i++)
            attention[i / length % length][i % length] += output.Attentions[i] / heads;
        return (output.Tokens, attention);
    }
}
