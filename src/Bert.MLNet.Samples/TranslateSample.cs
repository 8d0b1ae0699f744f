using Microsoft.ML;

namespace Bert.MLNet.Samples;

/// <summary>Translates descriptions of pictures with the small model in <c>data/models/en-de-captions</c>, or with another one.</summary>
public static class TranslateSample
{
    private static readonly string[] Examples =
    [
        "Two young men are standing outside near some bushes.",
        "A little girl in a red dress is climbing a wooden ladder.",
        "A dog runs through the snow with a ball in its mouth.",
        "Several people are sitting around a table and eating.",
        "An old woman is selling vegetables at a market.",
    ];

    /// <summary>What to do without the model.</summary>
    public const string Missing =
        "This sample needs a model that translates, but data/models/en-de-captions does not exist; pass one with --model, such as a " +
        "folder from 'bert-mlnet translation'.";

    /// <param name="bert">A model with an encoder and a decoder.</param>
    /// <param name="texts">The texts to translate; if empty, a few examples.</param>
    public static void Run(BertModel bert, params string[] texts)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable((texts.Length > 0 ? texts : Examples).Select(text => new Caption { Text = text }));
        using BertSequenceToSequenceTransformer translator = ml.Transforms.Text
            .ApplyBertSequenceToSequence(new BertSequenceToSequenceEstimator.Options
            {
                Model = bert,
                OutputColumnName = "Translation",
                ScoreColumnName = "Score",
            }).Fit(data);
        foreach (Translated row in ml.Data.CreateEnumerable<Translated>(translator.Transform(data), reuseRowObject: false))
            Console.WriteLine($"  {row.Text}\n  {row.Score,5:F2}  {row.Translation}");
        Console.WriteLine(
            "The score is the mean logarithm of a token's probability. A model of this size translates only what it was trained on, such " +
            "as captions; its model card lists what it cannot do.");
    }

    private sealed class Caption
    {
        public string Text { get; set; } = "";
    }

    private sealed class Translated
    {
        public string Text { get; set; } = "";

        public string Translation { get; set; } = "";

        public float Score { get; set; }
    }
}
