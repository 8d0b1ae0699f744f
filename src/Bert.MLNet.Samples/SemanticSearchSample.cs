using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples;

/// <summary>
/// Finds the passages whose meaning is nearest to a question, even if they do not use its words. A question is mostly answered by one
/// sentence, so each sentence has its own vector.
/// </summary>
public static partial class SemanticSearchSample
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

    public sealed class Question
    {
        [LoadColumn(0)] public string Text { get; set; } = "";
        [LoadColumn(1)] public string Title { get; set; } = "";
    }

    /// <param name="bert">The model that reads passages and questions.</param>
    /// <param name="passagesFile">Tab-separated with a header: title and text.</param>
    /// <param name="questions">The questions to search for; if empty, a few examples.</param>
    public static void Run(BertModel bert, string passagesFile, params string[] questions)
    {
        var ml = new MLContext();
        using var index = new Index(ml, Meaning(ml, bert), Load<Passage>(ml, passagesFile));
        foreach (string question in questions.Length > 0 ? questions : Examples)
        {
            Console.WriteLine($"'{question}'");
            foreach ((Passage passage, float cosine) in index.Search(question).Take(3))
                Console.WriteLine($"  {cosine:F2}  {passage.Title}");
        }
    }

    /// <summary>Prints how often the right passage comes first: by words, by the meaning of passages, by that of sentences, and by
    /// static embeddings, which need no network.</summary>
    /// <param name="bert">The model that reads passages and questions.</param>
    /// <param name="passagesFile">Tab-separated with a header: title and text.</param>
    /// <param name="questionsFile">Tab-separated with a header: question and title of the passage.</param>
    public static void Compare(BertModel bert, string passagesFile, string questionsFile)
    {
        var ml = new MLContext();
        Question[] questions = Load<Question>(ml, questionsFile);
        Console.WriteLine($"{questions.Length} other questions, and how often the right passage comes first:");
        foreach ((string name, int right) in Right(ml, bert, Load<Passage>(ml, passagesFile), questions))
        {
            double share = (double)right / questions.Length;
            Console.WriteLine($"  {name,-32}{share,6:P0} ± {Math.Sqrt(share * (1 - share) / questions.Length):P0}");
        }
    }

    /// <summary>Counts the questions whose passage comes first, for each way to search.</summary>
    public static IEnumerable<(string Name, int Right)> Right(
        MLContext ml, BertModel bert, IReadOnlyList<Passage> passages, IReadOnlyList<Question> questions)
    {
        (string Name, IEstimator<ITransformer> Vectors, bool BySentence)[] searches =
        [
            ("words (FeaturizeText)", ml.Transforms.Text.FeaturizeText("Embedding", "Text"), false),
            ("meaning, a vector per passage", Meaning(ml, bert), false),
            ("meaning, a vector per sentence", Meaning(ml, bert), true),
            ("static embeddings, per passage", Meaning(ml, BertModel.DefaultStatic), false),
        ];
        foreach ((string name, IEstimator<ITransformer> vectors, bool bySentence) in searches)
        {
            using var index = new Index(ml, vectors, passages, bySentence);
            yield return (name, questions.Count(question => index.Search(question.Text).First().Passage.Title == question.Title));
        }
    }

    /// <summary>The step that computes vectors of length 1, so that the product of two is their cosine.</summary>
    public static IEstimator<ITransformer> Meaning(MLContext ml, BertModel bert) =>
        ml.Transforms.Text.ApplyBertEmbedding("Embedding", "Text", bert, normalize: true);

    /// <summary>Reads a tab-separated file with a header.</summary>
    public static TRow[] Load<TRow>(MLContext ml, string file)
        where TRow : class, new() =>
        [.. ml.Data.CreateEnumerable<TRow>(ml.Data.LoadFromTextFile<TRow>(file, hasHeader: true), reuseRowObject: false)];

    /// <summary>Passages with the vectors of their sentences.</summary>
    public sealed class Index : IDisposable
    {
        private readonly (Passage Passage, float[] Vector)[] _entries;
        private readonly PredictionEngine<Input, Output> _engine;

        /// <param name="ml">The context.</param>
        /// <param name="vectors">The step that computes vectors of length 1.</param>
        /// <param name="passages">The passages.</param>
        /// <param name="bySentence">Whether each sentence has a vector, or only the whole passage.</param>
        public Index(MLContext ml, IEstimator<ITransformer> vectors, IEnumerable<Passage> passages, bool bySentence = true)
        {
            (Passage Passage, string Text)[] texts = [.. passages.SelectMany(
                passage => TextsOf(passage, bySentence).Select(text => (passage, text)))];
            IDataView data = ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text.Text }));
            ITransformer fitted = vectors.Fit(data);
            _entries = [.. texts.Select(text => text.Passage).Zip(fitted.Transform(data).GetColumn<float[]>("Embedding"))];
            _engine = ml.Model.CreatePredictionEngine<Input, Output>(fitted);
        }

        /// <summary>Ranks all passages by their nearest vector, the nearest first.</summary>
        public IEnumerable<(Passage Passage, float Cosine)> Search(string question)
        {
            float[] asked = _engine.Predict(new Input { Text = question }).Embedding;
            return _entries.GroupBy(
                    entry => entry.Passage, (passage, own) => (passage, own.Max(entry => TensorPrimitives.Dot(entry.Vector, asked))))
                .OrderByDescending(hit => hit.Item2);
        }

        public void Dispose() => _engine.Dispose(); // also disposes of the transformer

        // A title is informative, so it is read together with each sentence of its passage.
        private static IEnumerable<string> TextsOf(Passage passage, bool bySentence) =>
            (bySentence ? BetweenSentences().Split(passage.Text) : [passage.Text])
                .Select(text => passage.Title.Length > 0 ? $"{passage.Title}. {text}" : text);
    }

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex BetweenSentences();

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public float[] Embedding { get; set; } = [];
    }
}
