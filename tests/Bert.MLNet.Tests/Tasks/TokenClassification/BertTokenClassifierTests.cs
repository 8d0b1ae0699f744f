using System.Text.Json;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

public sealed class BertTokenClassifierTests : IDisposable
{
    private static readonly string[] Names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

    private static readonly string[] Texts =
        ["the film is great", "", "Ünd the  phone😀 batteries, zzz and 99 films!", "good bad poor", "on time !"];

    private static readonly Lazy<BertModel> Tiny =
        new(() => new TinyCheckpoint { Architecture = "BertForTokenClassification", Labels = Names }.Load());

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_and_scores_of_tokens_equal_the_reference()
    {
        string folder = Shared.Folder("reference", "models", "bert-tokenclass-random");
        var reference = new ReferenceModel(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        (string Id, string Text, JsonElement Outputs)[] cases =
        [
            .. from c in document.RootElement.GetProperty("cases").EnumerateArray()
               where c.GetProperty("text").ValueKind == JsonValueKind.String
                   && c.GetProperty("pair").ValueKind == JsonValueKind.Null
                   && c.GetProperty("n").GetInt32() < 256
               select (c.GetProperty("id").GetString()!, c.GetProperty("text").GetString()!, c.GetProperty("outputs")),
        ];
        Assert.InRange(cases.Length, 10, 100);
        using BertTokenClassifierTransformer transformer =
            Fit(BertModel.FromPretrained(folder), o => o with { Aggregation = BertAggregation.None, IgnoreLabels = [] });
        Output[] rows = Predict(transformer, cases.Select(c => c.Text));
        for (int i = 0; i < cases.Length; i++)
        {
            string[] labels = [.. cases[i].Outputs.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
            JsonElement[] scores = [.. cases[i].Outputs.GetProperty("label_scores").EnumerateArray()];
            Assert.Equal(labels[1..^1], rows[i].EntityTypes);
            for (int token = 0; token < rows[i].EntityScores.Length; token++)
                reference.Equal(scores[token + 1], rows[i].EntityScores[token], $"{cases[i].Id}, token {token}");
        }
    }

    [Theory]
    [InlineData(BertAggregation.None), InlineData(BertAggregation.Simple), InlineData(BertAggregation.First),
        InlineData(BertAggregation.Average), InlineData(BertAggregation.Max)]
    public void Entities_are_parts_of_the_text_and_the_same_in_one_view_and_alone(BertAggregation aggregation)
    {
        using BertTokenClassifierTransformer transformer = Fit(Tiny.Value, o => o with { Aggregation = aggregation });
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Output[] rows = Predict(transformer, Texts);
        Assert.True(rows.Sum(row => row.Entities.Length) > 3);
        for (int i = 0; i < Texts.Length; i++)
        {
            Output row = rows[i], alone = engine.Predict(new Input { Text = Texts[i] });
            Assert.Equal(row.EntityStarts.Zip(row.EntityEnds, (start, end) => Texts[i][start..end]), row.Entities);
            Assert.Equal(row.EntityStarts, alone.EntityStarts);
            Assert.Equal(row.EntityTypes, alone.EntityTypes);
            Assert.All(row.EntityScores.Zip(alone.EntityScores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            Assert.DoesNotContain("O", row.EntityTypes);
            if (aggregation != BertAggregation.None)
                Assert.All(row.EntityTypes, type => Assert.DoesNotContain('-', type));
            if (aggregation is BertAggregation.First or BertAggregation.Average or BertAggregation.Max)
                Assert.All(row.EntityStarts,
                    start => Assert.True(start == 0 || !char.IsLetter(Texts[i][start]) || !char.IsLetter(Texts[i][start - 1])));
        }
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Every_token_of_a_long_text_comes_once_from_the_window_that_shows_the_most_around_it(BertTruncationSide side)
    {
        string text = string.Join(' ', Enumerable.Range(0, 70).Select(i => "good bad film phone time".Split(' ')[i * i % 5]));
        using BertTokenClassifierTransformer transformer = Fit(
            TinyCheckpoint.WithTruncationSide(Tiny.Value, side), o => o with
            {
                Aggregation = BertAggregation.None,
                IgnoreLabels = [],
                MaxLength = 22,
                Stride = 8,
            });
        Output row = Predict(transformer, [text])[0];
        int[] ids = [.. Tiny.Value.Tokenizer.Encode(text, options: new() { AddSpecialTokens = false }).Ids];
        Assert.Equal(ids.Length, row.EntityTypes.Length);

        // Windows of 20 tokens that begin 12 apart.
        var plain = new PlainBert(Tiny.Value);
        (int Start, double[][] Logits)[] windows =
            [.. Enumerable.Range(0, 6).Select(w => w * 12).TakeWhile(start => start == 0 || start + 8 < ids.Length).Select(start =>
        {
            int[] window = [2, .. ids.Skip(start).Take(20), 3];
            return (start, plain.TokenLogits("classifier", window, new int[window.Length])[1..^1]);
        })];
        for (int token = 0; token < ids.Length; token++)
        {
            (int start, double[][] logits) = windows.Where(w => token >= w.Start && token < w.Start + w.Logits.Length)
                .MaxBy(w => Math.Min(token - w.Start, w.Start + w.Logits.Length - 1 - token));
            double[] exp = [.. logits[token - start].Select(Math.Exp)];
            Assert.Equal(Names[Array.IndexOf(exp, exp.Max())], row.EntityTypes[token]);
            Assert.Equal(exp.Max() / exp.Sum(), row.EntityScores[token], 1e-5);
        }
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Entities_of_a_long_text_do_not_overlap_and_reach_its_end(BertTruncationSide side)
    {
        string text = string.Join(' ', Enumerable.Repeat("the good phone battery was bad on day 9 .", 30));
        using BertTokenClassifierTransformer transformer =
            Fit(TinyCheckpoint.WithTruncationSide(Tiny.Value, side), o => o with { Aggregation = BertAggregation.First });
        Output row = Predict(transformer, [text])[0];
        Assert.True(row.EntityEnds[^1] > text.Length - 40);
        for (int i = 1; i < row.Entities.Length; i++)
            Assert.True(row.EntityStarts[i] >= row.EntityEnds[i - 1]);

        using BertTokenClassifierTransformer first = Fit(Tiny.Value, o => o with { Aggregation = BertAggregation.First });
        Output expected = Predict(first, [text])[0];
        Assert.Equal(expected.EntityStarts.Zip(expected.EntityEnds), row.EntityStarts.Zip(row.EntityEnds));
        Assert.Equal(expected.EntityScores, row.EntityScores);
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        BertTokenClassifierEstimator estimator =
            _ml.Transforms.Text.ApplyBertTokenClassifier("Entities", "Text", Tiny.Value, BertAggregation.Average);
        string[] texts = ["the film is great", "bad phone", "zzz 99 and on"];
        IDataView data = Data(texts);
        using BertTokenClassifierTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));

        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("EntityScores"),
            FreshProcess.Run(_folder["model.zip"], texts, "EntityScores"));
        IDataView loaded = _ml.Model.Load(_folder["model.zip"], out _).Transform(data);
        Assert.Equal(Predict(transformer, texts).Select(row => string.Join('|', row.Entities)),
            _ml.Data.CreateEnumerable<Output>(loaded, false).Select(row => string.Join('|', row.Entities)));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("BertForTokenClassification with 2 labels",
            Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint().Load())).Message);
        Assert.Contains("Stride is 20",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { MaxLength = 22, Stride = 20 })).Message);
        Assert.Contains("MaxLength is 65", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { MaxLength = 65 })).Message);
        Assert.Contains("'EntityTypes'",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { OutputColumnName = "EntityTypes" })).Message);
    }

    private BertTokenClassifierTransformer Fit(
        BertModel model, Func<BertTokenClassifierEstimator.Options, BertTokenClassifierEstimator.Options>? configure = null)
    {
        var options = new BertTokenClassifierEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertTokenClassifier(options with { Model = model }).Fit(Data([""]));
    }

    private Output[] Predict(BertTokenClassifierTransformer transformer, IEnumerable<string> texts) =>
        [.. _ml.Data.CreateEnumerable<Output>(transformer.Transform(Data(texts)), reuseRowObject: false)];

    private IDataView Data(IEnumerable<string> texts) => _ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text }));

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Output
    {
        public string[] Entities { get; set; } = [];

        public string[] EntityTypes { get; set; } = [];

        public float[] EntityScores { get; set; } = [];

        public int[] EntityStarts { get; set; } = [];

        public int[] EntityEnds { get; set; } = [];
    }
}
