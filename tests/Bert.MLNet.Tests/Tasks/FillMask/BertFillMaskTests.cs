using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.FillMask;

public sealed class BertFillMaskTests : IDisposable
{
    private static readonly string[] Texts = ["the film is [MASK] .", "no mask here", "[MASK] and the [MASK] was bad", "", "a [MASK]"];

    private static readonly Lazy<BertModel> Tiny = new(() => new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load());

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertForMaskedLM", "F32"), InlineData("BertForMaskedLM", "BF16"), InlineData("BertForPreTraining", "F32"),
        InlineData("DistilBertForMaskedLM", "F32")]
    public void The_best_tokens_of_every_mask_equal_a_plain_computation_in_one_view_and_alone(string architecture, string type)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) }.Load();
        using BertFillMaskTransformer transformer = Fit(model);
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Output[] rows = Predict(transformer, Texts);
        for (int i = 0; i < Texts.Length; i++)
        {
            (int Id, double Score)[][] masks = Plain(model, Texts[i]);
            foreach (Output row in new[] { rows[i], engine.Predict(new Input { Text = Texts[i] }) })
            {
                Assert.Equal(masks.SelectMany(mask => mask.Take(5).Select(word => TinyCheckpoint.Vocabulary[word.Id])), row.MaskTokens);
                Assert.All(masks.SelectMany(mask => mask.Take(5)).Zip(row.MaskScores),
                    pair => Assert.Equal(pair.First.Score, pair.Second, 1e-5));
            }
        }
    }

    [Fact]
    public void The_text_is_written_with_each_token_in_the_place_of_its_mask()
    {
        using BertFillMaskTransformer transformer = Fit(Tiny.Value, o => o with { TopK = 1, Targets = ["good"] });
        string[][] texts = [.. transformer.Transform(Data(["the film is [MASK] .", "[MASK] and the [MASK] was bad"]))
            .GetColumn<string[]>("FilledTexts")];
        Assert.Equal(["the film is good."], texts[0]);
        // As in HuggingFace's pipeline the special tokens stay, so that the other mask does.
        Assert.Equal(["[CLS] good and the [MASK] was bad [SEP]", "[CLS] [MASK] and the good was bad [SEP]"], texts[1]);
    }

    [Fact]
    public void Target_words_are_the_only_ones_and_keep_their_probabilities_among_all()
    {
        // "goodly" is no token of its own and stands for its first piece; "Bad" is written in small letters in this vocabulary.
        using BertFillMaskTransformer transformer = Fit(Tiny.Value, o => o with { Targets = ["great", "goodly", "Bad", "good"] });
        Output row = Predict(transformer, ["the film is [MASK] ."])[0];
        string[] words = ["great", "good", "bad"];
        (int Id, double Score)[] expected =
            [.. Plain(Tiny.Value, "the film is [MASK] .")[0].Where(word => words.Contains(TinyCheckpoint.Vocabulary[word.Id]))];
        Assert.Equal(expected.Select(word => TinyCheckpoint.Vocabulary[word.Id]), row.MaskTokens);
        Assert.All(expected.Zip(row.MaskScores), pair => Assert.Equal(pair.First.Score, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Every_mask_of_a_long_text_is_guessed_once_in_the_window_that_shows_the_most_around_it(BertTruncationSide side)
    {
        string text = string.Join(
            ' ', Enumerable.Range(0, 70).Select(i => i % 6 == 3 ? "[MASK]" : "good bad film phone".Split(' ')[i * i % 4]));
        using BertFillMaskTransformer transformer =
            Fit(TinyCheckpoint.WithTruncationSide(Tiny.Value, side), o => o with { TopK = 1, MaxLength = 22, Stride = 8 });
        Output row = Predict(transformer, [text])[0];
        int[] ids = [.. Tiny.Value.Tokenizer.Encode(text, options: new() { AddSpecialTokens = false }).Ids];
        int[] masks = [.. Enumerable.Range(0, ids.Length).Where(token => ids[token] == 4)];
        Assert.Equal(12, masks.Length);
        Assert.Equal(masks.Length, row.MaskTokens.Length);

        // Windows of 20 tokens that begin 12 apart.
        (int Start, int[] Ids)[] windows =
            [.. Enumerable.Range(0, 6).Select(w => w * 12).TakeWhile(start => start == 0 || start + 8 < ids.Length)
            .Select(start => (start, (int[])[2, .. ids.Skip(start).Take(20), 3]))];
        for (int i = 0; i < masks.Length; i++)
        {
            (int start, int[] window) = windows.Where(w => masks[i] >= w.Start && masks[i] < w.Start + w.Ids.Length - 2)
                .MaxBy(w => Math.Min(masks[i] - w.Start, w.Start + w.Ids.Length - 3 - masks[i]));
            double[] scores = new PlainBert(Tiny.Value).MaskedWordScores(window, new int[window.Length], [masks[i] - start + 1])[0];
            int best = Array.IndexOf(scores, scores.Max());
            Assert.Equal(TinyCheckpoint.Vocabulary[best], row.MaskTokens[i]);
            Assert.Equal(Math.Exp(scores[best]) / scores.Sum(Math.Exp), row.MaskScores[i], 1e-5);
        }
    }

    [Fact]
    public void A_graph_that_scores_every_token_gives_the_same()
    {
        BertModel model = Tiny.Value;
        byte[] graph = FullGraph(model);
        using BertFillMaskTransformer exported = Fit(new BertModel(model.Config, model.Tokenizer, null, onnxGraph: graph)),
            written = Fit(model);
        foreach ((Output one, Output other) in Predict(exported, Texts).Zip(Predict(written, Texts)))
        {
            Assert.Equal(one.FilledTexts, other.FilledTexts);
            Assert.All(one.MaskScores.Zip(other.MaskScores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        BertFillMaskEstimator estimator =
            _ml.Transforms.Text.ApplyBertFillMask(
                new BertFillMaskEstimator.Options { Model = Tiny.Value, TopK = 3, Targets = ["good", "bad", "poor", "great"] });
        IDataView data = Data(Texts);
        using BertFillMaskTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));
        Assert.Equal([0, 3], ((VectorDataViewType)transformer.GetOutputSchema(data.Schema)["MaskTokens"].Type).Dimensions);

        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        string[] masked = [.. Texts.Where(text => text.Contains("[MASK]", StringComparison.Ordinal))];
        Assert.Equal(transformer.Transform(Data(masked)).GetColumn<float[]>("MaskScores"),
            FreshProcess.Run(_folder["model.zip"], masked, "MaskScores"));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("BertForMaskedLM", Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint().Load())).Message);
        Assert.Contains("TopK is 0", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { TopK = 0 })).Message);
        Assert.Contains("Targets", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { Targets = [" "] })).Message);
    }

    /// <summary>For each mask all words, the most probable first.</summary>
    private static (int Id, double Score)[][] Plain(BertModel model, string text)
    {
        BertEncoding tokens = model.Tokenizer.Encode(text);
        int[] masks = [.. Enumerable.Range(0, tokens.Length).Where(i => tokens.Ids[i] == 4)];
        return [.. new PlainBert(model).MaskedWordScores([.. tokens.Ids], [.. tokens.TypeIds], masks).Select(scores =>
        {
            double sum = scores.Sum(Math.Exp);
            return scores.Select((score, id) => (id, Math.Exp(score) / sum)).OrderByDescending(word => word.Item2).ToArray();
        })];
    }

    /// <summary>A graph as other tools write it: inputs of tokens alone, <c>logits</c> of all of them.</summary>
    private static byte[] FullGraph(BertModel model)
    {
        OnnxGraph graph = BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!);
        string hidden = graph.Add("Reshape", ["last_hidden_state", graph.Integers(-1, model.Config.HiddenSize)]);
        string Linear(string input, string weight, string bias, int outputs) =>
            graph.Add("Gemm", [input, graph.Weight(weight, outputs, model.Config.HiddenSize), graph.Weight(bias, outputs)], ("transB", 1L));
        string transformed = graph.Add("LayerNormalization",
            [graph.Add("Gelu", [Linear(
                hidden, "cls.predictions.transform.dense.weight", "cls.predictions.transform.dense.bias", model.Config.HiddenSize)]),
             graph.Weight("cls.predictions.transform.LayerNorm.weight", model.Config.HiddenSize),
             graph.Weight("cls.predictions.transform.LayerNorm.bias", model.Config.HiddenSize)],
            ("axis", -1L), ("epsilon", (float)model.Config.LayerNormEps));
        string logits = Linear(transformed, "embeddings.word_embeddings.weight", "cls.predictions.bias", model.Config.VocabSize);
        string shape = graph.Add("Concat", [graph.Add("Shape", ["input_ids"]), graph.Integers(model.Config.VocabSize)], ("axis", 0L));
        graph.Output("logits", graph.Add("Reshape", [logits, shape]), "batch", "sequence", model.Config.VocabSize);
        return graph.ToModel();
    }

    private BertFillMaskTransformer Fit(
        BertModel model, Func<BertFillMaskEstimator.Options, BertFillMaskEstimator.Options>? configure = null)
    {
        var options = new BertFillMaskEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertFillMask(options with { Model = model }).Fit(Data([""]));
    }

    private Output[] Predict(BertFillMaskTransformer transformer, IEnumerable<string> texts) =>
        [.. _ml.Data.CreateEnumerable<Output>(transformer.Transform(Data(texts)), reuseRowObject: false)];

    private IDataView Data(IEnumerable<string> texts) => _ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text }));

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public string[] MaskTokens { get; set; } = [];

        public float[] MaskScores { get; set; } = [];

        public string[] FilledTexts { get; set; } = [];
    }
}
