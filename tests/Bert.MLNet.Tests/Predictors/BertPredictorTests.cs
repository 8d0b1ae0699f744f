using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Predictors;

/// <summary>What every predictor does with one input, a list and threads, shown with vectors of texts.</summary>
public sealed class BertPredictorTests
{
    private static readonly BertModel Model = new TinyCheckpoint().Load();

    /// <summary>More than fill the first two windows of a cursor, 128 and 512.</summary>
    internal static readonly string[] Texts =
    [
        .. Enumerable.Range(0, 700)
            .Select(i => string.Concat(Enumerable.Repeat("the film is great and the battery is poor ", i % 7)) + i),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(0), InlineData(1), InlineData(127), InlineData(129), InlineData(700)]
    public void A_list_of_any_size_is_computed_as_a_view_computes_it_and_in_its_order(int count)
    {
        var options = new BertEmbeddingEstimator.Options { Model = Model, Batching = new() { WindowSize = 512 } };
        using BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder(options);
        using BertEmbeddingTransformer transformer = _ml.Transforms.Text.ApplyBertEmbedding(options).Fit(View([""]));
        float[][] expected = [.. transformer.Transform(View(Texts[..count])).GetColumn<float[]>("Features")];
        Assert.Equal(expected, predictor.Predict(Texts.Take(count), null, Token).Select(embedding => embedding.Vector.ToArray()));
    }

    [Fact]
    public void One_text_has_the_bits_that_a_prediction_engine_gives()
    {
        using BertEmbeddingTransformer transformer = BertEmbeddingTransformer.Create(Model);
        BertPredictor<string, BertEmbedding> predictor = transformer.CreateEmbedder();
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (string text in Texts.Take(30).Append(""))
            Assert.Equal(engine.Predict(new Input { Text = text }).Features, predictor.Predict(text).Vector.ToArray());
    }

    [Fact]
    public void Eight_threads_get_what_one_gets()
    {
        using BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder();
        BertEmbedding[] alone = [.. Texts.Take(40).Select(predictor.Predict)];
        IReadOnlyList<BertEmbedding> together = predictor.Predict(Texts.Take(200), null, Token);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (int i = 0; i < 40; i++)
                Assert.Equal(alone[(i + thread) % 40], predictor.Predict(Texts[(i + thread) % 40]));
            Assert.Equal(together, predictor.Predict(Texts.Take(200), null, Token));
        });
    }

    [Fact]
    public void Progress_grows_with_the_batches_to_the_number_of_texts()
    {
        using BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder(new() { Batching = new() { WindowSize = 200 } });
        var reports = new Reports();
        predictor.Predict(Texts, reports, Token);
        Assert.True(reports.Values.Count > 20, $"{reports.Values.Count} reports");
        Assert.Equal(reports.Values.Order().Distinct(), reports.Values);
        Assert.Equal(Texts.Length, reports.Values[^1]);
    }

    [Fact]
    public void Progress_counts_texts_that_take_several_sequences_or_none_as_one()
    {
        using var answerer = new TinyCheckpoint { Architecture = "BertForQuestionAnswering" }.Load().CreateQuestionAnswerer();
        var reports = new Reports();
        answerer.Predict(Enumerable.Range(0, 20).Select(i => new BertQuestion("is it good", Texts[7 * i + 6])), reports,
            Token);
        Assert.Equal(20, reports.Values[^1]);
        Assert.Equal(reports.Values.Order().Distinct(), reports.Values);

        using var filler = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load().CreateFillMask();
        reports = new Reports();
        Assert.All(filler.Predict(["no mask", "none here"], reports, Token), Assert.Empty);
        Assert.Equal([2], reports.Values);
    }

    [Fact]
    public void Cancellation_ends_a_call_before_its_texts_are_all_read()
    {
        using BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder();
        using var cancellation = new CancellationTokenSource();
        int read = 0;
        IEnumerable<string> UntilCancelled()
        {
            foreach (string text in Texts)
            {
                if (++read == 200)
                    cancellation.Cancel();
                yield return text;
            }
        }
        var error = Assert.ThrowsAny<OperationCanceledException>(() => predictor.Predict(UntilCancelled(), null, cancellation.Token));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.InRange(read, 200, Texts.Length - 1);
    }

    [Fact]
    public void A_null_is_named()
    {
        using BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder();
        Assert.Equal("input", Assert.Throws<ArgumentNullException>(() => predictor.Predict((string)null!)).ParamName);
        Assert.Equal("inputs", Assert.Throws<ArgumentNullException>(() => predictor.Predict(null!, null, Token)).ParamName);
        Assert.Equal("inputs", Assert.Throws<ArgumentNullException>(() => predictor.PredictAsync(null!, Token)).ParamName);
        var error = Assert.Throws<ArgumentException>(() => predictor.Predict(["good", null!, "bad"], null, Token));
        Assert.StartsWith("Input 1 is null", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new BertRankingQuery("good", ["bad", "", null!]));
        Assert.StartsWith("Passage 2 is null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_predictor_of_a_checkpoint_ends_with_Dispose_and_says_so()
    {
        BertPredictor<string, BertEmbedding> predictor = Model.CreateEmbedder(), other = Model.CreateEmbedder();
        IAsyncEnumerable<BertEmbedding> stream = predictor.PredictAsync(Texts.ToAsyncEnumerable(), Token);
        predictor.Dispose();
        predictor.Dispose();
        Action[] uses =
        [
            () => predictor.Predict("good"), () => predictor.Predict(["good"], null, Token),
            () => predictor.PredictAsync(Texts.ToAsyncEnumerable(), Token),
        ];
        Assert.All(uses, use => Assert.StartsWith(
            "This predictor was disposed", Assert.Throws<ObjectDisposedException>(use).Message, StringComparison.Ordinal));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.FirstAsync(Token));
        Assert.Equal(32, other.Predict("good").Vector.Length);
        other.Dispose();
    }

    [Fact]
    public void A_predictor_of_a_transformer_leaves_it_open_and_ends_with_it()
    {
        BertEmbeddingTransformer transformer = BertEmbeddingTransformer.Create(Model);
        BertPredictor<string, BertEmbedding> first = transformer.CreateEmbedder(), second = transformer.CreateEmbedder();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Predict("good"));
        Assert.Equal(second.Predict("good"), transformer.Embed(["good"], Token)[0]);

        transformer.Dispose();
        Action[] uses =
            [() => second.Predict("good"), () => second.Predict(["good"], null, Token), () => transformer.CreateEmbedder()];
        Assert.All(uses, use => Assert.Equal(
            typeof(BertEmbeddingTransformer).FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName));
    }

    private IDataView View(IEnumerable<string> texts) => _ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text }));

    private sealed class Reports : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public float[] Features { get; set; } = [];
    }
}
