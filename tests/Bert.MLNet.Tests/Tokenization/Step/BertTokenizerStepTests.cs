using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>The tokenizer as a step of a pipeline.</summary>
public sealed class BertTokenizerStepTests
{
    private static readonly BertTokenizer Tokenizer = BertTokenizer.Create(TinyCheckpoint.Vocabulary);
    private static readonly Input[] Rows =
    [
        new() { Text = "The movie was great!", Other = "I love this film, it is so good." },
        new() { Text = null, Other = "bad" },
        new() { Text = "", Other = null },
        new() { Text = "Ünwatchable [MASK] 🙂 " + new string('x', 101), Other = "time" },
        new()
        {
            Text = string.Join(' ', Enumerable.Repeat("phone battery screen", 30)),
            Other = string.Join(' ', Enumerable.Repeat("price", 50)),
        },
    ];

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<BertTokenizerEstimator.Options> Settings =>
    [
        new BertTokenizerEstimator.Options(),
        new BertTokenizerEstimator.Options
        {
            PairColumnName = "Other",
            MaxLength = 16,
            TokensColumnName = "Tokens",
            OffsetsColumnName = "Offsets",
        },
        new BertTokenizerEstimator.Options
        {
            PairColumnName = "Other",
            MaxLength = 17,
            Truncation = BertTruncation.LongestFirst,
            Padding = BertPadding.MaxLength,
            TokensColumnName = "Tokens",
            OffsetsColumnName = "Offsets",
        },
        new BertTokenizerEstimator.Options
        {
            MaxLength = 12,
            Padding = BertPadding.MaxLength,
            PaddingSide = BertPaddingSide.Left,
            TokenTypeIdsColumnName = null,
            OffsetsColumnName = "Offsets",
        },
        new BertTokenizerEstimator.Options
        {
            InputColumnName = "Other",
            InputIdsColumnName = "input_ids",
            AttentionMaskColumnName = null,
            Truncation = BertTruncation.None,
        },
    ];

    [Theory, MemberData(nameof(Settings))]
    public void Columns_hold_what_the_tokenizer_encodes_and_the_schema_is_the_promised_one(BertTokenizerEstimator.Options options)
    {
        BertTokenizerEstimator estimator = _ml.Transforms.Text.ApplyBertTokenizer(options with { Tokenizer = Tokenizer });
        IDataView tokens = estimator.Fit(Data()).Transform(Data());
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(Data().Schema)), tokens.Schema);
        AssertColumns(options, tokens);
    }

    [Theory, MemberData(nameof(Settings))]
    public void Saved_and_loaded_step_gives_the_same_columns(BertTokenizerEstimator.Options options)
    {
        using var folder = new TemporaryFolder();
        BertTokenizerTransformer step = _ml.Transforms.Text.ApplyBertTokenizer(options with { Tokenizer = Tokenizer }).Fit(Data());
        _ml.Model.Save(step, Data().Schema, folder["model.zip"]);
        ITransformer loaded = new MLContext().Model.Load(folder["model.zip"], out _);
        AssertColumns(options, loaded.Transform(Data()));
        Assert.Equal(Tokenizer.Options, Assert.IsType<BertTokenizerTransformer>(loaded).Tokenizer.Options);
    }

    [Fact]
    public void Prediction_engine_gives_what_the_tokenizer_encodes()
    {
        BertTokenizerTransformer step =
            _ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options { Tokenizer = Tokenizer, PairColumnName = "Other" })
                .Fit(Data());
        using PredictionEngine<Input, Output> engine = _ml.Model.CreatePredictionEngine<Input, Output>(step);
        foreach (Input row in Rows.Concat(Rows))
        {
            BertEncoding expected = Tokenizer.Encode(row.Text, row.Other ?? "");
            Output actual = engine.Predict(row);
            Assert.Equal(Longs(expected.Ids), actual.InputIds);
            Assert.Equal(Longs(expected.TypeIds), actual.TokenTypeIds);
            Assert.Equal(Longs(expected.AttentionMask), actual.AttentionMask);
        }
    }

    [Fact]
    public void Longest_row_is_the_models()
    {
        BertModel model = new TinyCheckpoint { MaxPositions = 20 }.Load();
        IDataView tokens = _ml.Transforms.Text.ApplyBertTokenizer(model: model).Fit(Data()).Transform(Data());
        Assert.Equal(20, tokens.GetColumn<long[]>("InputIds").Max(row => row.Length));
        Assert.Equal(Longs(model.Tokenizer.Encode(Rows[4].Text, options: new BertEncodeOptions { MaxLength = 20 }).Ids),
            tokens.GetColumn<long[]>("InputIds").Last());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_ONNX_graph_of_ones_own_takes_the_columns(bool fixedLength)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], SumOfIds(fixedLength ? 24 : "sequence"));
        var chain = _ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options
            {
                Tokenizer = Tokenizer,
                MaxLength = 24,
                Padding = fixedLength ? BertPadding.MaxLength : BertPadding.None,
                InputIdsColumnName = "input_ids",
                AttentionMaskColumnName = "attention_mask",
            })
            .Append(_ml.Transforms.ApplyOnnxModel(
                new OnnxOptions
                {
                    ModelFile = folder["model.onnx"],
                    InputColumns = ["input_ids", "attention_mask"],
                    OutputColumns = ["sum"],
                }));
        using var fitted = chain.Fit(Data());
        float[] sums = [.. fitted.Transform(Data()).GetColumn<float[]>("sum").Select(row => Assert.Single(row))];
        Assert.Equal(Rows.Select(row => (float)Tokenizer.Encode(row.Text, options: new BertEncodeOptions { MaxLength = 24 }).Ids.Sum()),
            sums);
    }

    [Fact]
    public void Encoder_takes_the_columns()
    {
        BertModel model = new TinyCheckpoint().Load();
        using var steps = _ml.Transforms.Text.ApplyBertTokenizer(model: model)
            .Append(_ml.Transforms.Text.ApplyBertEncoder(model: model))
            .Append(_ml.Transforms.Text.ApplyBertPooling("Features", BertPooling.Mean)).Fit(Data());
        using BertEmbeddingTransformer fused =
            _ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, BertPooling.Mean).Fit(Data());
        float[][] expected = [.. fused.Transform(Data()).GetColumn<float[]>("Features")],
            actual = [.. steps.Transform(Data()).GetColumn<float[]>("Features")];
        foreach ((float[] one, float[] other) in expected.Zip(actual))
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Missing_and_wrongly_typed_columns_are_named_before_any_work()
    {
        IDataView numbers = _ml.Data.LoadFromEnumerable(new[] { new { Text = 1f, Body = "text" } });
        BertTokenizerEstimator wrong = _ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options { Tokenizer = Tokenizer });
        foreach (Action act in (Action[])[() => wrong.Fit(numbers), () => wrong.GetOutputSchema(SchemaAssert.ShapeOf(numbers.Schema))])
            Assert.Contains("'Text'", Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);
        BertTokenizerEstimator missing =
            _ml.Transforms.Text.ApplyBertTokenizer(
                new BertTokenizerEstimator.Options { Tokenizer = Tokenizer, InputColumnName = "Body", PairColumnName = "Nowhere" });
        foreach (Action act in (Action[])[() => missing.Fit(numbers), () => missing.GetOutputSchema(SchemaAssert.ShapeOf(numbers.Schema))])
            Assert.Contains("'Nowhere'", Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_by_name()
    {
        Refused("no room", new() { MaxLength = 1 });
        Refused("one by one", new() { Padding = BertPadding.Longest });
        Refused("MaxLength", new() { Padding = BertPadding.MaxLength });
        Refused("PairColumnName", new() { Truncation = BertTruncation.OnlySecond });
        Refused("'Same'", new() { InputIdsColumnName = "Same", TokensColumnName = "Same" });
        Refused("InputColumnName", new() { InputColumnName = "" });
        Assert.Contains("at most 64",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Transforms.Text.ApplyBertTokenizer(
                new BertTokenizerEstimator.Options
                {
                    Model = new TinyCheckpoint().Load(),
                    MaxLength = 65,
                })).Message, StringComparison.Ordinal);

        void Refused(string words, BertTokenizerEstimator.Options options) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(
                () => _ml.Transforms.Text.ApplyBertTokenizer(options with { Tokenizer = Tokenizer })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_that_cannot_be_cut_is_named()
    {
        var options = new BertTokenizerEstimator.Options
        {
            PairColumnName = "Other",
            MaxLength = 12,
            Truncation = BertTruncation.OnlySecond,
        };
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { Rows[1], Rows[4] });
        IDataView tokens = _ml.Transforms.Text.ApplyBertTokenizer(options with { Tokenizer = Tokenizer }).Fit(data).Transform(data);
        // ML.NET's own parallel cursor puts the exception into another.
        string message = Assert.ThrowsAny<Exception>(() => tokens.GetColumn<long[]>("InputIds").ToArray()).ToString();
        Assert.Contains("Row 1, column 'Text' (\"phone battery", message, StringComparison.Ordinal);
    }

    private static void AssertColumns(BertTokenizerEstimator.Options options, IDataView tokens)
    {
        BertEncoding[] expected = [.. Rows.Select(row => Tokenizer.Encode(
            options.InputColumnName == "Text" ? row.Text : row.Other,
            options.PairColumnName is null ? null : row.Other ?? "",
            new BertEncodeOptions
            {
                MaxLength = options.MaxLength,
                Truncation = options.Truncation,
                Padding = options.Padding,
                PaddingSide = options.PaddingSide,
            }))];
        Assert.Equal(expected.Select(e => Longs(e.Ids)), tokens.GetColumn<long[]>(options.InputIdsColumnName));
        if (options.AttentionMaskColumnName is { } mask)
            Assert.Equal(expected.Select(e => Longs(e.AttentionMask)), tokens.GetColumn<long[]>(mask));
        if (options.TokenTypeIdsColumnName is { } types)
            Assert.Equal(expected.Select(e => Longs(e.TypeIds)), tokens.GetColumn<long[]>(types));
        if (options.TokensColumnName is { } names)
            Assert.Equal(expected.Select(e => e.Tokens.ToArray()),
                tokens.GetColumn<ReadOnlyMemory<char>[]>(names).Select(row => row.Select(t => t.ToString()).ToArray()));
        if (options.OffsetsColumnName is { } offsets)
            Assert.Equal(expected.Select(e => e.Offsets.SelectMany(o => (int[])[o.Start, o.End]).ToArray()),
                tokens.GetColumn<int[]>(offsets));
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Rows);

    private static long[] Longs(IEnumerable<int> values) => [.. values.Select(v => (long)v)];

    private static byte[] SumOfIds(object length)
    {
        var graph = new OnnxGraph("test");
        string ids = graph.Input("input_ids", OnnxGraph.Int64, 1, length), mask = graph.Input("attention_mask", OnnxGraph.Int64, 1, length);
        string seen = graph.Add("Cast", [graph.Add("Mul", [ids, mask])], ("to", (long)OnnxGraph.Float));
        graph.Output("sum", graph.Add("ReduceSum", [seen, graph.Integers(1)], ("keepdims", 0L)), 1);
        return graph.ToModel();
    }

    private sealed class Input
    {
        public string? Text { get; set; }

        public string? Other { get; set; }
    }

    private sealed class Output
    {
        public long[] InputIds { get; set; } = [];

        public long[] AttentionMask { get; set; } = [];

        public long[] TokenTypeIds { get; set; } = [];
    }
}
