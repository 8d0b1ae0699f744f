using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples;

/// <summary>Finds the passages whose meaning is nearest to a question, even if they do not use its words.</summary>
public static class SemanticSearchSample
{
    private static readonly string[] Examples =
    [
        "my pastry did not get bigger in the oven",
        "what to do when I can't fall asleep",
        "keeping copies of pictures of my children",
        "who may score in soccer",
        "insects that tell each other where to eat",
    ];

    public sealed class Passage
    {
        [LoadColumn(0)] public string Title { get; set; } = "";
        [LoadColumn(1)] public string Text { get; set; } = "";
    }

    /// <param name="bert">The model that reads passages and questions.</param>
    /// <param name="passagesFile">Tab-separated with a header: title and text.</param>
    /// <param name="questions">The questions to search for; if empty, a few examples.</param>
    public static void Run(BertModel bert, string passagesFile, params string[] questions)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromTextFile<Passage>(passagesFile, hasHeader: true);
        using var index = new Index(ml, bert, ml.Data.CreateEnumerable<Passage>(data, reuseRowObject: false));
        foreach (string question in questions.Length > 0 ? questions : Examples)
        {
            Console.WriteLine($"'{question}'");
            foreach ((Passage passage, float cosine) in index.Search(question).Take(3))
                Console.WriteLine($"  {cosine:F2}  {passage.Title}");
        }
    }

    /// <summary>Passages with their embeddings.</summary>
    public sealed class Index : IDisposable
    {
        private readonly (Passage Passage, float[] Embedding)[] _entries;
        private readonly PredictionEngine<Input, Output> _embed;

        public Index(MLContext ml, BertModel bert, IEnumerable<Passage> passages)
        {
            Passage[] kept = [.. passages];
            IDataView texts = ml.Data.LoadFromEnumerable(kept.Select(passage => new Input { Text = TextOf(passage) }));
            // The vectors have length 1, so the product of two is their cosine.
            BertEmbeddingTransformer embedding =
                ml.Transforms.Text.ApplyBertEmbedding("Embedding", "Text", bert, normalize: true).Fit(texts);
            _entries = [.. kept.Zip(embedding.Transform(texts).GetColumn<float[]>("Embedding"))];
            _embed = ml.Model.CreatePredictionEngine<Input, Output>(embedding);
        }

        /// <summary>Ranks all passages, the nearest first.</summary>
        public IEnumerable<(Passage Passage, float Cosine)> Search(string question)
        {
            float[] asked = _embed.Predict(new Input { Text = question }).Embedding;
            return _entries.Select(entry => (entry.Passage, Cosine: TensorPrimitives.Dot(entry.Embedding, asked)))
                .OrderByDescending(hit => hit.Cosine);
        }

        public void Dispose() => _embed.Dispose(); // also disposes of the transformer

        // A title is informative, so it is read together with its passage.
        private static string TextOf(Passage passage) =>
            passage.Title.Length > 0 ? $"{passage.Title}. {passage.Text}" : passage.Text;
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public float[] Embedding { get; set; } = [];
    }
}
