using Microsoft.ML;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.Summarization;

/// <summary>Summaries against a plain computation from the vectors of <c>ApplyBertEmbedding</c>.</summary>
public sealed class BertExtractiveSummarizerTests : IDisposable
{
    private static readonly string[] s_texts =
    [
        "The film is great. I love the movie.\nThe phone was bad, e.g. the battery! It is good. The price of this day is poor.",
        "", "One sentence only", " ... ", "good . bad . good . bad . the very good book . the film is great ?",
    ];

    private static readonly Lazy<BertModel> s_model = new(() => new TinyCheckpoint().Load());

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, 0f, 0f), InlineData(null, 0.5f, 0f), InlineData(0.9f, 0.3f, 0f), InlineData(null, 0.2f, 0.4f)]
    public void Columns_equal_a_plain_computation_in_one_view_and_alone(float? threshold, float diversity, float position)
    {
        using BertExtractiveSummarizerTransformer transformer = Fit(new()
        {
            NumberOfSentences = 2, SimilarityThreshold = threshold, Diversity = diversity, PositionWeight = position,
        });
        using PredictionEngine<Input, Output> engine =
            _ml.Model.CreatePredictionEngine<Input, Output>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        foreach ((string text, Output row) in s_texts.Zip(Run(transformer)))
        {
            string[] sentences = [.. row.SentenceStarts.Zip(row.SentenceEnds, (start, end) => text[start..end])];
            (double[] scores, int[] picked) = Plain(sentences, threshold, diversity, position);
            Assert.All(scores.Zip(row.SentenceScores), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
            Assert.Equal(scores.Length, row.SentenceScores.Length);
            Assert.Equal(picked, row.SummaryIndexes);
            Assert.Equal(string.Join(' ', picked.Select(index => sentences[index])), row.Summary);
            Output alone = engine.Predict(new Input { Text = text });
            Assert.Equal((row.Summary, row.SummaryIndexes.Length), (alone.Summary, alone.SummaryIndexes.Length));
            Assert.Equal(row.SentenceScores, alone.SentenceScores, (one, other) => Math.Abs(one - other) < 1e-5);
        }
    }

    [Fact]
    public void Sentences_are_those_of_the_text_up_to_a_limit()
    {
        using BertExtractiveSummarizerTransformer transformer = Fit(new() { MaximumSentences = 4, Share = 0.5f, Separator = "\n" });
        Output row = Run(transformer)[0];
        Assert.Equal([0, 19, 37, 74], row.SentenceStarts);
        Assert.Equal([18, 36, 73, 85], row.SentenceEnds);
        Assert.Equal(2, row.SummaryIndexes.Length);
        Assert.Single(row.Summary, '\n');
    }

    [Fact]
    public void Summaries_have_no_more_tokens_than_asked_for()
    {
        int most = s_model.Value.Tokenizer.CountTokens("One sentence only");
        using BertExtractiveSummarizerTransformer transformer = Fit(new() { MaximumTokens = most });
        Output[] rows = Run(transformer);
        Assert.All(rows, row => Assert.InRange(s_model.Value.Tokenizer.CountTokens(row.Summary), 0, most));
        Assert.Equal("One sentence only", rows[2].Summary);
        Assert.InRange(rows[0].SummaryIndexes.Length, 1, 4);
        using BertExtractiveSummarizerTransformer shorter = Fit(new() { MaximumTokens = most - 1 });
        Assert.Equal("", Run(shorter)[2].Summary);
    }

    [Fact]
    public void Chinese_sentences_are_joined_without_spaces()
    {
        using BertExtractiveSummarizerTransformer transformer = Fit(new());
        IDataView data = _ml.Data.LoadFromEnumerable([new Input { Text = "今天很好。我们去吧。好 吗？" }]);
        Assert.Equal("今天很好。我们去吧。好 吗？", Single(transformer.Transform(data)).Summary);
    }

    [Fact]
    public void Static_embeddings_summarize_too_and_a_saved_model_gives_the_same()
    {
        using BertExtractiveSummarizerTransformer transformer =
            Fit(new() { Model = s_model.Value.ToStatic(new() { Dimension = null }), Share = 0.3f });
        _ml.Model.Save(transformer, _ml.Data.LoadFromEnumerable<Input>([]).Schema, _folder["model.zip"]);
        var loaded = (BertExtractiveSummarizerTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        using (loaded)
        {
            foreach ((Output one, Output other) in Run(transformer).Zip(Run(loaded)))
            {
                Assert.Equal(one.SentenceScores, other.SentenceScores);
                Assert.Equal(one.Summary, other.Summary);
            }
        }
    }

    [Fact]
    public void Options_that_do_not_fit_are_named()
    {
        foreach ((string name, Options options) in new (string, Options)[]
        {
            ("NumberOfSentences", new() { NumberOfSentences = 0 }), ("Share", new() { Share = 1.5f }),
            ("MaximumTokens", new() { MaximumTokens = 0 }),
            ("only one of NumberOfSentences, Share and MaximumTokens", new() { Share = 0.5f, MaximumTokens = 5 }),
            ("Diversity", new() { Diversity = float.NaN }), ("SimilarityThreshold", new() { SimilarityThreshold = 2 }),
            ("PositionWeight", new() { PositionWeight = -0.1f }),
            ("MaximumSentences", new() { MaximumSentences = 10_001 }), ("output column has no name", new() { OutputColumnName = "" }),
        })
            Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => Fit(options)).Message, StringComparison.Ordinal);
    }

    private static (double[] Scores, int[] Picked) Plain(
        string[] sentences, float? threshold, float diversity, float position)
    {
        int count = sentences.Length;
        if (count == 0)
            return ([], []);
        using BertEmbeddingTransformer embedding = BertEmbeddingTransformer.Create(s_model.Value);
        float[][] vectors = [.. embedding.Embed(sentences).Select(vector => vector.Vector.ToArray())];
        double Cosine(int i, int j) => i == j ? 1 : Math.Max(0, vectors[i].Zip(vectors[j], (x, y) => (double)x * y).Sum()
            / Math.Sqrt(vectors[i].Sum(x => (double)x * x) * vectors[j].Sum(x => (double)x * x)));
        double Weight(int i, int j) => threshold is { } least ? i == j || Cosine(i, j) > least ? 1 : 0 : Cosine(i, j);

        double[] scores = [.. Enumerable.Repeat(1.0 / count, count)];
        double[] sums = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Sum(j => Weight(i, j)))];
        for (int iteration = 0; iteration < 300; iteration++)
        {
            double[] last = scores;
            scores = [.. Enumerable.Range(0, count).Select(j =>
                0.15 / count + 0.85 * Enumerable.Range(0, count).Sum(i => last[i] * Weight(i, j) / sums[i]))];
        }
        scores = [.. scores.Select((score, i) => (1 - position) * score / scores.Max() + position * (count - i) / count)];
        var picked = new List<int>();
        while (picked.Count < Math.Min(2, count))
        {
            picked.Add(Enumerable.Range(0, count).Except(picked).MaxBy(i =>
                Math.Round((1 - diversity) * scores[i] - diversity * picked.Select(j => Cosine(i, j)).DefaultIfEmpty(0).Max(), 5)));
        }
        return (scores, [.. picked.Order()]);
    }

    private BertExtractiveSummarizerTransformer Fit(Options options) =>
        _ml.Transforms.Text.ApplyBertExtractiveSummarizer(options with { Model = options.Model ?? s_model.Value })
            .Fit(_ml.Data.LoadFromEnumerable<Input>([]));

    private Output[] Run(BertExtractiveSummarizerTransformer transformer) =>
    [
        .. _ml.Data.CreateEnumerable<Output>(
            transformer.Transform(_ml.Data.LoadFromEnumerable(s_texts.Select(text => new Input { Text = text }))), reuseRowObject: false),
    ];

    private Output Single(IDataView data) => _ml.Data.CreateEnumerable<Output>(data, reuseRowObject: false).Single();

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public string Summary { get; set; } = "";

        public int[] SummaryIndexes { get; set; } = [];

        public float[] SentenceScores { get; set; } = [];

        public int[] SentenceStarts { get; set; } = [];

        public int[] SentenceEnds { get; set; } = [];
    }
}
