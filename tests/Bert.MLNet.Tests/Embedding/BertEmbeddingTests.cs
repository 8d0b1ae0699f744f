using System.Text.Json;
using Bert.MLNet.Tests.Encoders;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Pooling;

public class BertEmbeddingTests
{
    private static readonly string[] Texts =
        ["the film is great", "", "bad", "i hate this phone and the battery is very poor , but the screen is good", "on time !",
            "the film is great", "zzz 99"];

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(BertPooling.Mean, false, "mean_pooled")]
    [InlineData(BertPooling.Mean, true, "mean_pooled_normalized")]
    [InlineData(BertPooling.Cls, true, "cls_normalized")]
    [InlineData(BertPooling.Max, false, "max_pooled")]
    public void Vectors_equal_the_reference_for_texts_in_one_view_and_alone(BertPooling pooling, bool normalize, string output)
    {
        string folder = Shared.Folder("reference", "models", "bert-tiny-random");
        var reference = new ReferenceModel(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        (string Text, JsonElement Vector)[] cases =
        [
            .. from c in document.RootElement.GetProperty("cases").EnumerateArray()
               let text = c.GetProperty("text")
               where text.ValueKind == JsonValueKind.String && c.GetProperty("pair").ValueKind == JsonValueKind.Null
               select (text.GetString()!, c.GetProperty("outputs").GetProperty(output)),
        ];
        Assert.True(cases.Length > 10);

        BertModel model = BertModel.FromPretrained(folder);
        using BertEmbeddingTransformer transformer = Fit(model, o => o with { Pooling = pooling, Normalize = normalize });
        float[][] vectors = Embed(transformer, cases.Select(c => c.Text));
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < cases.Length; i++)
        {
            reference.Equal(cases[i].Vector, vectors[i], $"{output} of '{cases[i].Text}'");
            reference.Equal(cases[i].Vector, engine.Predict(new Input { Text = cases[i].Text }).Features,
                $"{output} of '{cases[i].Text}' alone");
        }
    }

    [Fact]
    public void Several_poolings_are_concatenated_in_the_order_of_the_enumeration()
    {
        BertModel model = new TinyCheckpoint().Load();
        float[][] Vectors(BertPooling pooling)
        {
            using BertEmbeddingTransformer transformer = Fit(model, o => o with { Pooling = pooling, NumberOfLastLayers = 2 });
            return Embed(transformer, Texts);
        }
        BertPooling[] all =
            [BertPooling.Cls, BertPooling.Max, BertPooling.Mean, BertPooling.MeanSqrtLength,
            BertPooling.LastLayersMean, BertPooling.WeightedMean, BertPooling.LastToken];
        float[][][] parts = [.. all.Select(Vectors)];
        float[][] together = Vectors(all.Aggregate((a, b) => a | b));
        for (int i = 0; i < Texts.Length; i++)
            AssertClose(parts.SelectMany(p => p[i]), together[i]);
    }

    [Fact]
    public void A_vector_does_not_depend_on_its_neighbours_or_on_the_batching() =>
        Gen.Select(Gen.Int[0, Texts.Length - 1].Select(i => Texts[i]).Array[1, 30], Gen.Int[1, 40], Gen.Int[1, 200], Gen.Int[1, 3])
            .Sample((texts, window, budget, threads) =>
        {
            using BertEmbeddingTransformer transformer =
                Fit(TinyModel.Value, o =>
                    o with { Batching = new() { WindowSize = window, TokenBudget = budget, NumberOfThreads = threads } });
            float[][] vectors = Embed(transformer, texts);
            for (int i = 0; i < texts.Length; i++)
                AssertClose(Alone.Value[texts[i]], vectors[i]);
        }, iter: 40);

    [Fact]
    public void A_prompt_is_put_before_the_text()
    {
        using BertEmbeddingTransformer prompted = Fit(TinyModel.Value, o => o with { Prompt = "this is " });
        using BertEmbeddingTransformer plain = Fit(TinyModel.Value);
        Assert.Equal(Embed(plain, Texts.Select(t => "this is " + t)), Embed(prompted, Texts));
    }

    [Fact]
    public void A_checkpoint_that_leaves_its_prompt_out_of_pooling_pools_the_tokens_after_it()
    {
        BertModel tiny = TinyModel.Value;
        var model = new BertModel(tiny.Config, tiny.Tokenizer, tiny.Weights, new BertSentenceOptions
        {
            Prompts = new Dictionary<string, string> { ["query"] = "this is " },
            DefaultPromptName = "query",
            IncludePrompt = false,
        });
        using BertEmbeddingTransformer prompted = Fit(model);
        using BertEmbeddingTransformer plain = Fit(tiny, o => o with { Prompt = "" });
        float[] whole = Embed(plain, ["this is great"])[0], rest = Embed(prompted, ["great"])[0];

        // [CLS] this is great [SEP]: the mean of all five, and of the last two.
        var states = _ml.Transforms.Text.ApplyBertTokenizer("Text", model: tiny).Append(_ml.Transforms.Text.ApplyBertEncoder(model: tiny));
        IDataView data = _ml.Data.LoadFromEnumerable([new Input { Text = "this is great" }]);
        float[] hidden = states.Fit(data).Transform(data).GetColumn<float[]>("LastHiddenState").Single();
        Assert.Equal(5 * 32, hidden.Length);
        AssertClose(Enumerable.Range(0, 32).Select(i => Enumerable.Range(0, 5).Average(t => hidden[t * 32 + i])), whole);
        AssertClose(Enumerable.Range(0, 32).Select(i => (hidden[3 * 32 + i] + hidden[4 * 32 + i]) / 2), rest);
    }

    [Fact]
    public void A_checkpoint_with_weights_of_tokens_takes_their_weighted_mean()
    {
        BertModel tiny = TinyModel.Value;
        float[] weights = [.. Enumerable.Range(0, tiny.Tokenizer.Vocabulary.Size).Select(id => id % 5 / 2f)];
        using BertEmbeddingTransformer weighted = Fit(tiny.WithSentence(tiny.Sentence with { TokenWeights = weights }));

        var steps = _ml.Transforms.Text.ApplyBertTokenizer("Text", model: tiny).Append(_ml.Transforms.Text.ApplyBertEncoder(model: tiny))
            .Append(_ml.Transforms.Text.ApplyBertPooling(
                new BertPoolingEstimator.Options { OutputColumnName = "Vector", TokenWeights = weights }));
        IDataView data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Input { Text = text }));
        float[][] vectors = Embed(weighted, Texts);
        foreach ((float[] stepByStep, float[] fused) in steps.Fit(data).Transform(data).GetColumn<float[]>("Vector").Zip(vectors))
            AssertClose(stepByStep, fused);
        using BertEmbeddingTransformer plain = Fit(tiny);
        Assert.NotEqual(Embed(plain, Texts)[0], vectors[0]);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void A_checkpoint_that_averages_layers_does_so_down_to_its_embeddings(int layers)
    {
        BertModel tiny = TinyModel.Value;
        using BertEmbeddingTransformer averaged =
            Fit(tiny.WithSentence(tiny.Sentence with { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = layers }));
        var steps = _ml.Transforms.Text.ApplyBertTokenizer("Text", model: tiny)
            .Append(_ml.Transforms.Text.ApplyBertEncoder(
                new BertEncoderEstimator.Options
                {
                    Model = tiny,
                    HiddenStatesColumnName = "HiddenStates",
                    HiddenStatesLayers = [0, 1, 2],
                }));
        IDataView data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Input { Text = text }));
        foreach ((float[] states, float[] vector) in steps.Fit(data).Transform(data).GetColumn<float[]>("HiddenStates")
            .Zip(Embed(averaged, Texts)))
        {
            int tokens = states.Length / 3 / 32;
            AssertClose(Enumerable.Range(0, 32)
                .Select(i => Enumerable.Range(3 - layers, layers)
                .Average(layer => Enumerable.Range(0, tokens).Average(t => states[(layer * tokens + t) * 32 + i]))), vector);
        }
    }

    [Fact]
    public void Missing_text_is_empty_text_and_long_text_is_cut()
    {
        using BertEmbeddingTransformer transformer = Fit(TinyModel.Value);
        string full = string.Join(' ', Enumerable.Repeat("good", 62));
        float[][] vectors = Embed(transformer, [null, "", full, full + " bad bad"]);
        Assert.Equal(vectors[1], vectors[0]);
        Assert.Equal(vectors[2], vectors[3]);

        using BertEmbeddingTransformer shortened = Fit(TinyModel.Value, o => o with { MaxLength = 3 });
        Assert.Equal(Embed(shortened, ["good"]), Embed(shortened, ["good bad"]));
    }

    [Fact]
    public void The_promised_schema_is_the_real_one_with_a_known_size_and_without_slot_names()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new Input()]);
        BertEmbeddingEstimator estimator =
            _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", TinyModel.Value, BertPooling.Mean | BertPooling.Max);
        using BertEmbeddingTransformer transformer = estimator.Fit(data);
        DataViewSchema schema = transformer.GetOutputSchema(data.Schema);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 64), schema["Features"].Type);
        Assert.Equal(schema["Features"].Type, transformer.Transform(data).Schema["Features"].Type);
        Assert.False(schema["Features"].HasSlotNames());
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), schema);
    }

    [Fact]
    public void A_missing_or_wrong_column_and_a_wrong_option_are_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new { Sentence = "a", Text = 1 }]);
        var e = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Transforms.Text.ApplyBertEmbedding("Features", "Txt", TinyModel.Value).Fit(data));
        Assert.Contains("'Txt'", e.Message);
        Assert.Contains("'Sentence'", e.Message);
        e = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", TinyModel.Value).Fit(data));
        Assert.Contains("'Text' has the type Int32", e.Message);

        Assert.Contains("MaxLength is 65",
            Assert.Throws<ArgumentException>(() => Fit(TinyModel.Value, o => o with { MaxLength = 65 })).Message);
        Assert.Contains("NumberOfLastLayers is 4", Assert.Throws<ArgumentException>(
            () => Fit(TinyModel.Value, o => o with { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 4 })).Message);
        Assert.Contains("Pooling is None",
            Assert.Throws<ArgumentException>(() => Fit(TinyModel.Value, o => o with { Pooling = BertPooling.None })).Message);
    }

    [Fact]
    public void Eight_threads_with_a_thousand_predictions_each_equal_one()
    {
        using BertEmbeddingTransformer transformer = Fit(TinyModel.Value);
        float[][] failures = new float[8][];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
                transformer, new PredictionEngineOptions { OwnsTransformer = false });
            for (int i = 0; i < 1000; i++)
            {
                string text = Texts[(i + thread) % Texts.Length];
                float[] vector = engine.Predict(new Input { Text = text }).Features;
                if (!vector.AsSpan().SequenceEqual(Alone.Value[text]))
                    failures[thread] = vector;
            }
        });
        Assert.All(failures, Assert.Null);
    }

    [Fact]
    public void A_disposed_transformer_says_so_and_leaves_others_on_the_model_alone()
    {
        BertEmbeddingTransformer first = Fit(TinyModel.Value);
        using BertEmbeddingTransformer second = Fit(TinyModel.Value);
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Embed(first, Texts));
        AssertClose(Alone.Value[Texts[0]], Embed(second, Texts)[0]);
    }

    internal static readonly Lazy<BertModel> TinyModel = new(() => new TinyCheckpoint().Load());

    /// <summary>The vector of each text from a prediction engine, one at a time.</summary>
    private static readonly Lazy<Dictionary<string, float[]>> Alone = new(() =>
    {
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<Input, Output>(
            ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", TinyModel.Value).Fit(ml.Data.LoadFromEnumerable([new Input()])));
        return Texts.Distinct().ToDictionary(t => t, t => engine.Predict(new Input { Text = t }).Features);
    });

    private BertEmbeddingTransformer Fit(
        BertModel model, Func<BertEmbeddingEstimator.Options, BertEmbeddingEstimator.Options>? configure = null)
    {
        var options = new BertEmbeddingEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertEmbedding(options with { Model = model }).Fit(_ml.Data.LoadFromEnumerable([new Input()]));
    }

    private float[][] Embed(BertEmbeddingTransformer transformer, IEnumerable<string?> texts) =>
        [.. transformer.Transform(_ml.Data.LoadFromEnumerable(texts.Select(t => new Input { Text = t }))).GetColumn<float[]>("Features")];

    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

    private sealed class Input
    {
        public string? Text { get; set; } = "";
    }

    private sealed class Output
    {
        public float[] Features { get; set; } = [];
    }
}
