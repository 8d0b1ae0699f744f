using Bert.MLNet.Models;
using Bert.MLNet.Training;
using Microsoft.ML;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>Ways to turn texts into vectors.</summary>
internal static class TextVectors
{
    /// <summary>The checkpoint's own sentence vectors, by <c>ApplyBertEmbedding</c>.</summary>
    public static Func<IReadOnlyList<string>, float[][]> Of(BertModel model) => texts =>
    {
        var ml = new MLContext();
        IDataView rows = ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text }));
        using var embedding = ml.Transforms.Text.ApplyBertEmbedding(nameof(VectorRow.Vector), nameof(TextRow.Text), model).Fit(rows);
        return [.. ml.Data.CreateEnumerable<VectorRow>(embedding.Transform(rows), reuseRowObject: false).Select(row => row.Vector)];
    };

    /// <summary>
    /// The baseline for similarity: a random vector for each token, averaged with <see cref="SmoothInverseFrequency"/>. It only depends on
    /// which words two texts share, and how rare they are.
    /// </summary>
    public static Func<IReadOnlyList<string>, float[][]> RandomWithFrequencyWeights(BertTokenizer tokenizer, TokenCorpus corpus, int width)
    {
        float[] weights = SmoothInverseFrequency.Weights(tokenizer, corpus.Counts(tokenizer.Vocabulary.Size));
        var random = new Random(42);
        float[][] table = [.. weights.Select(
            _ => Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))
                .ToArray())];
        return texts => [.. texts.Select(text =>
        {
            var ids = new List<int>();
            tokenizer.EncodeTo(text, ids);
            float[] sum = new float[width];
            foreach (int id in ids)
            {
                for (int i = 0; i < width; i++)
                    sum[i] += weights[id] * table[id][i];
            }
            return sum;
        })];
    }

    /// <summary>A checkpoint of the same shape and tokenizer with random weights.</summary>
    public static BertModel Random(BertModel model, int seed = 42)
    {
        TorchRuntime.EnsureLoaded();
        manual_seed(seed);
        return new BertModel(model.Config, model.Tokenizer, new BertForMaskedLM(model.Config).ToWeights(), model.Sentence,
            "random weights");
    }

    /// <summary>A checkpoint with the token embeddings of another and random weights everywhere else.</summary>
    public static BertModel EmbeddingsOnly(BertModel model)
    {
        TorchRuntime.EnsureLoaded();
        manual_seed(42);
        var module = new BertForMaskedLM(model.Config);
        module.Load(model.Weights!, name => name != CanonicalNames.WordEmbeddings);
        return new BertModel(model.Config, model.Tokenizer, module.ToWeights(), model.Sentence, "token embeddings only");
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }

    private sealed class VectorRow
    {
        public float[] Vector { get; set; } = [];
    }
}
