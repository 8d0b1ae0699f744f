using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples;

/// <summary>
/// Does in three steps what ApplyBertEmbedding does in one: text to tokens, tokens to hidden states, hidden states to one vector.
/// </summary>
public static class StepByStepSample
{
    public sealed class Input
    {
        public string Text { get; set; } = "";
    }

    public sealed class Output
    {
        public string[] Tokens { get; set; } = [];
        public long[] InputIds { get; set; } = [];
        public float[] LastHiddenState { get; set; } = []; // token after token
        public float[] Vector { get; set; } = [];
        public float[] InOneStep { get; set; } = [];
    }

    /// <param name="bert">The model.</param>
    /// <param name="text">The text to analyze.</param>
    public static void Run(BertModel bert, string text)
    {
        Output output = Compute(bert, text);
        int size = bert.Config.HiddenSize;
        Console.WriteLine($"'{text}'");
        Console.WriteLine();
        Console.WriteLine($"{"token",-15}{"id",6}   hidden state of the last layer ({size} values)");
        for (int i = 0; i < output.Tokens.Length; i++)
            Console.WriteLine($"{output.Tokens[i],-15}{output.InputIds[i],6}   {Show(output.LastHiddenState.AsSpan(i * size, size))}");
        Console.WriteLine($"{"mean of all",-21}   {Show(output.Vector)}");
        Console.WriteLine();
        Console.WriteLine("ApplyBertEmbedding returns the same vector up to " +
            $"{output.Vector.Zip(output.InOneStep, (a, b) => Math.Abs(a - b)).Max():G1}.");
    }

    public static Output Compute(BertModel bert, string text)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new Input { Text = text }]);
        var pipeline = ml.Transforms.Text.ApplyBertTokenizer(
            new BertTokenizerEstimator.Options { Model = bert, TokensColumnName = "Tokens" })
            .Append(ml.Transforms.Text.ApplyBertEncoder(model: bert))
            .Append(ml.Transforms.Text.ApplyBertPooling(
                new BertPoolingEstimator.Options { OutputColumnName = "Vector", TokenWeights = bert.Sentence.TokenWeights }))
            .Append(ml.Transforms.Text.ApplyBertEmbedding("InOneStep", "Text", bert, BertPooling.Mean, normalize: false, prompt: ""));
        using TransformerChain<BertEmbeddingTransformer> model = pipeline.Fit(data);
        return ml.Data.CreateEnumerable<Output>(model.Transform(data), reuseRowObject: false).Single();
    }

    private static string Show(ReadOnlySpan<float> values)
    {
        string shown = "";
        foreach (float value in values[..Math.Min(5, values.Length)])
            shown += $"{value,7:F2}";
        return shown + " …";
    }
}
