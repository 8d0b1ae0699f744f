using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Server.Tests.Routes;

/// <summary>The routes of text-embeddings-inference beside the library's own results.</summary>
public sealed class InferenceRoutesTests(ServedModels models) : IClassFixture<ServedModels>
{
    private const float Rounding = 1e-5f;

    private static readonly string[] s_texts = ["Owls hunt at night.", "", "Bread rises in a warm oven, and slowly in a cold one."];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunningServer Server => models.Server;

    [Fact]
    public async Task Embed_returns_the_library_s_vectors_of_length_1_or_as_they_are()
    {
        using BertPredictor<string, BertEmbedding> raw = BertModel.Default.CreateEmbedder(new() { Normalize = false });
        float[][] vectors = [.. raw.Predict(s_texts, null, Token).Select(embedding => embedding.Vector.ToArray())];
        AssertClose(vectors.Select(Normalized), await Server.PostAsync("/embed", new { inputs = s_texts }));
        AssertClose(vectors, await Server.PostAsync("/embed", new { inputs = s_texts, normalize = false }));
        AssertClose([Normalized(vectors[0])], await Server.PostAsync("/embed", new { inputs = s_texts[0] }));
        AssertClose([Normalized(vectors[2][..16])], await Server.PostAsync("/embed", new { inputs = s_texts[2], dimensions = 16 }));
    }

    [Fact]
    public async Task Token_ids_have_the_vector_of_their_text()
    {
        int[] ids = [.. BertModel.Default.Tokenizer.Encode(s_texts[0], options: new() { AddSpecialTokens = false }).Ids];
        JsonElement expected = await Server.PostAsync("/embed", new { inputs = s_texts[0] });
        AssertClose([Floats(expected[0])], await Server.PostAsync("/embed", new { inputs = ids }));
        AssertClose([Floats(expected[0]), Floats(expected[0])], await Server.PostAsync("/embed", new { inputs = new[] { ids, ids } }));
    }

    [Fact]
    public async Task A_long_text_is_cut_or_refused_as_asked()
    {
        string text = string.Join(' ', Enumerable.Repeat("the", 600));
        (int status, JsonElement error) = await Server.FailAsync("/embed", new { inputs = new[] { "Short.", text } });
        Assert.Equal(413, status);
        Assert.Equal("Validation", error.GetProperty("error_type").GetString());
        Assert.Contains("Text 1 of 'inputs' has 602 tokens, but the model reads at most 512.", error.GetProperty("error").GetString());
        string most = string.Join(' ', Enumerable.Repeat("the", 510));
        JsonElement cut = await Server.PostAsync("/embed", new { inputs = text, truncate = true });
        AssertClose([Floats(cut[0])], await Server.PostAsync("/embed", new { inputs = most }));
    }

    [Fact]
    public async Task Similarity_is_the_cosine_of_the_vectors()
    {
        using BertPredictor<string, BertEmbedding> embedder = BertModel.Default.CreateEmbedder();
        float[][] vectors = [.. embedder.Predict(["Owls hunt.", "Birds of prey hunt.", "Bread rises."], null, Token)
            .Select(embedding => embedding.Vector.ToArray())];
        JsonElement answer = await Server.PostAsync("/similarity", new
        {
            inputs = new { source_sentence = "Owls hunt.", sentences = new[] { "Birds of prey hunt.", "Bread rises." } },
        });
        Assert.Equal(2, answer.GetArrayLength());
        for (int i = 0; i < 2; i++)
            Assert.Equal(TensorPrimitives.CosineSimilarity(vectors[0], vectors[i + 1]), answer[i].GetSingle(), Rounding);
    }

    [Fact]
    public async Task Rerank_returns_the_reranker_s_order_and_scores()
    {
        string[] texts = ["a great film", "the battery is poor", "i love this phone", ""];
        foreach (bool raw in (bool[])[false, true])
        {
            using var reranker = models.Ranker.CreateReranker(
                new() { Activation = raw ? BertScoreActivation.Identity : BertScoreActivation.Sigmoid });
            IReadOnlyList<BertRankedPassage> expected = reranker.Predict(new BertRankingQuery("is it good?", texts));
            JsonElement answer = await Server.PostAsync(
                "/rerank", new { query = "is it good?", texts, raw_scores = raw, return_text = true });
            Assert.Equal(expected.Select(rank => rank.Index), answer.EnumerateArray().Select(rank => rank.GetProperty("index").GetInt32()));
            Assert.Equal(expected.Select(rank => rank.Text), answer.EnumerateArray().Select(rank => rank.GetProperty("text").GetString()));
            foreach ((BertRankedPassage rank, JsonElement body) in expected.Zip(answer.EnumerateArray()))
                Assert.Equal(rank.Score, body.GetProperty("score").GetSingle(), Rounding);
        }
    }

    [Fact]
    public async Task Predict_answers_texts_pairs_and_lists_of_both()
    {
        using var single = models.Classifier.CreateClassifier(topK: null);
        using var pair = models.Classifier.CreatePairClassifier(topK: null);
        IReadOnlyList<BertLabelScore> text = single.Predict("a great film"), both = pair.Predict(new BertTextPair("a film", "a phone"));
        AssertLabels(text, await Server.PostAsync("/predict", new { inputs = "a great film" }));
        AssertLabels(both, await Server.PostAsync("/predict", new { inputs = new[] { "a film", "a phone" } }));
        JsonElement list = await Server.PostAsync(
            "/predict", new { inputs = new string[][] { ["a film", "a phone"], ["a great film"] }, model = "classifier" });
        AssertLabels(both, list[0]);
        AssertLabels(text, list[1]);
    }

    [Fact]
    public async Task Raw_scores_are_logits()
    {
        var ml = new MLContext();
        using BertClassifierTransformer transformer = ml.Transforms.Text.ApplyBertClassifier(new()
        {
            Model = models.Classifier,
            LogitsColumnName = "Logits",
        }).Fit(ml.Data.LoadFromEnumerable<ServedModels.Review>([]));
        IDataView view = transformer.Transform(ml.Data.LoadFromEnumerable([new ServedModels.Review { Text = "a great film" }]));
        float[] logits = view.GetColumn<float[]>("Logits").Single();
        JsonElement answer = await Server.PostAsync("/predict", new { inputs = "a great film", raw_scores = true });
        float[] scores = [.. answer.EnumerateArray().Select(label => label.GetProperty("score").GetSingle())];
        Assert.Equal(logits.Length, scores.Length);
        foreach ((float logit, float score) in logits.OrderDescending().Zip(scores))
            Assert.Equal(logit, score, Rounding);
    }

    [Fact]
    public async Task A_trained_file_predicts_as_its_pipeline_does()
    {
        var ml = new MLContext();
        ITransformer pipeline = ml.Model.LoadFromFile(models.Reviews, out _);
        string[] texts = ["a great film", "a poor phone", "the day"];
        IDataView view = pipeline.Transform(ml.Data.LoadFromEnumerable(texts.Select(text => new ServedModels.Review { Text = text })));
        float[][] scores = [.. view.GetColumn<float[]>("Score")];
        string[] labels = [.. view.GetColumn<string>("PredictedLabel")];
        JsonElement answer = await Server.PostAsync(
            "/predict", new { inputs = texts.Select(text => new[] { text }), model = "reviews" });
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(labels[i], answer[i][0].GetProperty("label").GetString());
            Assert.Equal(scores[i].Max(), answer[i][0].GetProperty("score").GetSingle(), Rounding);
            Assert.Equal(scores[i].Min(), answer[i][1].GetProperty("score").GetSingle(), Rounding);
        }
        (int status, _) = await Server.FailAsync("/predict", new { inputs = "a film", model = "reviews", raw_scores = true });
        Assert.Equal(422, status);
    }

    [Fact]
    public async Task A_trained_classifier_predicts_as_its_step_does()
    {
        using var classifier = models.Classifier.CreateClassifier(topK: null);
        AssertLabels(classifier.Predict("i hate it"), await Server.PostAsync("/predict", new { inputs = "i hate it", model = "labels" }));
    }

    [Fact]
    public async Task Many_clients_at_once_get_what_each_gets_alone()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => string.Join(' ', Enumerable.Repeat("the owl hunts", 1 + i % 5)) + i)];
        JsonElement[] together = await Task.WhenAll(texts.Select(text => Server.PostAsync("/embed", new { inputs = text })));
        using BertPredictor<string, BertEmbedding> embedder = BertModel.Default.CreateEmbedder(new() { Normalize = true });
        for (int i = 0; i < texts.Length; i += 7)
            AssertClose([embedder.Predict(texts[i]).Vector.ToArray()], together[i]);
    }

    /// <summary>A vector of length 1, or of zeros as it is.</summary>
    internal static float[] Normalized(float[] vector)
    {
        float length = MathF.Sqrt(vector.Sum(value => value * value));
        return length == 0 ? vector : [.. vector.Select(value => value / length)];
    }

    internal static float[] Floats(JsonElement vector) => [.. vector.EnumerateArray().Select(value => value.GetSingle())];

    private static void AssertClose(IEnumerable<float[]> expected, JsonElement answer)
    {
        float[][] vectors = [.. expected];
        Assert.Equal(vectors.Length, answer.GetArrayLength());
        foreach ((float[] vector, JsonElement body) in vectors.Zip(answer.EnumerateArray()))
        {
            float[] values = Floats(body);
            Assert.Equal(vector.Length, values.Length);
            Assert.True(TensorPrimitives.Distance<float>(vector, values) < Rounding * Math.Max(1, TensorPrimitives.Norm<float>(vector)));
        }
    }

    private static void AssertLabels(IReadOnlyList<BertLabelScore> expected, JsonElement answer)
    {
        Assert.Equal(
            expected.Select(label => label.Label), answer.EnumerateArray().Select(label => label.GetProperty("label").GetString()));
        foreach ((BertLabelScore label, JsonElement body) in expected.Zip(answer.EnumerateArray()))
            Assert.Equal(label.Score, body.GetProperty("score").GetSingle(), Rounding);
    }
}
