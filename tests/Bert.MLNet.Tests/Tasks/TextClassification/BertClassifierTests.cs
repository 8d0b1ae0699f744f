using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

public sealed class BertClassifierTests : IDisposable
{
    private static readonly string[] Texts =
        ["the film is great", "", "bad", "i hate this phone and the battery is very poor , but the screen is good", "on time !", "zzz 99",
            "good good book"];

    private static readonly Lazy<BertModel> Tiny = new(() => new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load());

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert-seqclass-random"), InlineData("distilbert-random")]
    public void Labels_probabilities_and_logits_equal_the_reference_in_one_view_and_alone(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        int seen = 0;
        foreach (bool pairs in new[] { false, true })
        {
            (Input Input, JsonElement Outputs)[] cases =
            [
                .. from c in document.RootElement.GetProperty("cases").EnumerateArray()
                   where c.GetProperty("text").ValueKind == JsonValueKind.String
                       && c.GetProperty("pair").ValueKind == (pairs ? JsonValueKind.String : JsonValueKind.Null)
                   where c.GetProperty("attention_mask").EnumerateArray().All(m => m.GetInt32() == 1)
                       && c.GetProperty("id").GetString() != "pair-types-zero"
                   select (new Input { Text = c.GetProperty("text").GetString(), Pair = c.GetProperty("pair").GetString() },
                       c.GetProperty("outputs")),
            ];
            using BertClassifierTransformer transformer =
                Fit(BertModel.FromPretrained(folder), o => o with { PairColumnName = pairs ? "Pair" : null, LogitsColumnName = "Logits" });
            Output[] rows = Predict(transformer, cases.Select(c => c.Input));
            using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
                Named(transformer), new PredictionEngineOptions { OwnsTransformer = false });
            for (int i = 0; i < cases.Length; i++, seen++)
            {
                foreach (Output row in new[] { rows[i], engine.Predict(cases[i].Input) })
                {
                    reference.Equal(cases[i].Outputs.GetProperty("logits"), row.Logits, $"logits of '{cases[i].Input.Text}'");
                    reference.Equal(cases[i].Outputs.GetProperty("probabilities"), row.Score, $"probabilities of '{cases[i].Input.Text}'");
                    Assert.Equal(cases[i].Outputs.GetProperty("label").GetString(), row.PredictedLabel);
                }
            }
        }
        Assert.InRange(seen, 18, 100);
    }

    [Fact]
    public void Probabilities_are_the_softmax_of_a_plain_computation_with_the_labels_as_slots()
    {
        using BertClassifierTransformer transformer = Fit(Tiny.Value, o => o with { PairColumnName = "Pair" });
        Input[] inputs = [.. Texts.Select((text, i) => new Input { Text = text, Pair = Texts[^(i + 1)] })];
        Output[] rows = Predict(transformer, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            BertEncoding tokens = Tiny.Value.Tokenizer.Encode(inputs[i].Text, inputs[i].Pair);
            double[] exp = [.. new PlainBert(Tiny.Value).SequenceLogits([.. tokens.Ids], [.. tokens.TypeIds]).Select(Math.Exp)];
            for (int label = 0; label < 3; label++)
                Assert.Equal(exp[label] / exp.Sum(), rows[i].Score[label], 1e-5);
            Assert.Equal(transformer.Labels[Array.IndexOf(exp, exp.Max())], rows[i].PredictedLabel);
        }
        VBuffer<ReadOnlyMemory<char>> slots = default;
        transformer.GetOutputSchema(Data(inputs).Schema)["Score"].GetSlotNames(ref slots);
        Assert.Equal(["negative", "neutral", "positive"], slots.DenseValues().Select(slot => slot.ToString()));
    }

    [Fact]
    public void ML_NETs_evaluation_knows_the_columns()
    {
        using BertClassifierTransformer transformer = Fit(Tiny.Value);
        string[] predicted = [.. Predict(transformer, Rows(Texts)).Select(row => row.PredictedLabel)];
        // The first label is right, the second wrong, and so on.
        string[] labels = [.. predicted.Select((label, i) => i % 2 == 0 ? label : transformer.Labels.First(other => other != label))];
        IDataView keys = _ml.Data.LoadFromEnumerable(transformer.Labels.Select(label => new { label }));
        IDataView data = Data([.. Texts.Select((text, i) => new Input { Text = text, Sentiment = labels[i] })]);
        var chain = _ml.Transforms.Conversion.MapValueToKey("Label", "Sentiment", keyData: keys)
            .Append(_ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", Tiny.Value));
        MulticlassClassificationMetrics metrics =
            _ml.MulticlassClassification.Evaluate(chain.Fit(data).Transform(data), topKPredictionCount: 3);
        Assert.Equal(4 / 7.0, metrics.MicroAccuracy, 1e-9);
        Assert.Equal(1, metrics.TopKAccuracy, 1e-9);
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void Several_labels_have_a_sigmoid_each_and_come_out_from_their_thresholds_on()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification",
            ExtraConfig = new JsonObject { ["problem_type"] = "multi_label_classification" } }.Load();
        using BertClassifierTransformer plain = Fit(model, o => o with { LogitsColumnName = "Logits" });
        float[][] logits = [.. Transform(plain).GetColumn<float[]>("Logits")], scores = [.. Transform(plain).GetColumn<float[]>("Score")];
        Assert.All(logits.Zip(scores),
            pair => Assert.All(pair.First.Zip(pair.Second), value => Assert.Equal(1 / (1 + Math.Exp(-value.First)), value.Second, 1e-6)));

        float[] thresholds = [scores[0][0], 2, 0];
        using BertClassifierTransformer transformer = Fit(model, o => o with { Thresholds = thresholds });
        string[][] labels = [.. _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Transform(transformer))
            .Transform(Transform(transformer))
            .GetColumn<ReadOnlyMemory<char>[]>("PredictedLabel").Select(row => row.Select(label => label.ToString()).ToArray())];
        for (int i = 0; i < Texts.Length; i++)
            Assert.Equal(scores[i][0] >= thresholds[0] ? ["negative", "positive"] : ["positive"], labels[i]);
        Assert.Contains(labels, row => row.Length == 1);
    }

    [Fact]
    public void A_regression_gives_the_value_as_it_is_for_ML_NETs_evaluation()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["LABEL_0"],
            ExtraConfig = new JsonObject { ["problem_type"] = "regression" } }.Load();
        using BertClassifierTransformer transformer = Fit(model);
        IDataView result = Transform(transformer);
        Assert.Null(result.Schema.GetColumnOrNull("PredictedLabel"));
        float[] scores = [.. result.GetColumn<float>("Score")];
        for (int i = 0; i < Texts.Length; i++)
        {
            BertEncoding tokens = model.Tokenizer.Encode(Texts[i]);
            Assert.Equal(new PlainBert(model).SequenceLogits([.. tokens.Ids], [.. tokens.TypeIds])[0], scores[i], 2e-5);
        }
        IDataView labelled = _ml.Transforms.CopyColumns("Label", "Score").Fit(result).Transform(result);
        Assert.Equal(0, _ml.Regression.Evaluate(labelled).MeanSquaredError, 1e-9);
    }

    [Theory]
    [InlineData("negative", "positive"), InlineData("positive")]
    public void The_last_of_two_labels_or_a_single_one_is_a_binary_classification_for_ML_NET(params string[] labels)
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = labels }.Load();
        float[] due = [.. Texts.Select(text =>
        {
            BertEncoding tokens = model.Tokenizer.Encode(text);
            double[] logits = new PlainBert(model).SequenceLogits([.. tokens.Ids], [.. tokens.TypeIds]);
            return (float)(logits.Length == 1 ? logits[0] : logits[1] - logits[0]);
        })];
        using BertClassifierTransformer transformer = Fit(model, o => o with { ProbabilityColumnName = "Probability" });
        IDataView result = transformer.Transform(Data(Texts.Select((text, i) => new Input { Text = text, Flag = i % 2 == 0 })));
        Assert.All(due.Zip(result.GetColumn<float>("Score")), pair => Assert.Equal(pair.First, pair.Second, 2e-5f));
        double[] probabilities = [.. due.Select(score => 1 / (1 + Math.Exp(-score)))];
        Assert.All(probabilities.Zip(result.GetColumn<float>("Probability")), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(due.Select(score => score >= 0), result.GetColumn<bool>("PredictedLabel"));

        CalibratedBinaryClassificationMetrics metrics = _ml.BinaryClassification.Evaluate(result, "Flag");
        Assert.Equal(due.Select((score, i) => score >= 0 == (i % 2 == 0) ? 1.0 : 0).Average(), metrics.Accuracy, 1e-9);
        Assert.Equal(probabilities.Select((p, i) => -Math.Log2(i % 2 == 0 ? p : 1 - p)).Average(), metrics.LogLoss, 1e-5);

        Assert.Contains("ProbabilityColumnName",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { ProbabilityColumnName = "Probability" })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_top_labels_are_the_most_probable_first()
    {
        using BertClassifierTransformer transformer = Fit(Tiny.Value, o => o with { TopK = 2 });
        IDataView result = _ml.Transforms.Conversion.MapKeyToValue("TopLabels").Fit(Transform(transformer))
            .Transform(Transform(transformer));
        float[][] scores = [.. result.GetColumn<float[]>("Score")], top = [.. result.GetColumn<float[]>("TopScores")];
        ReadOnlyMemory<char>[][] labels = [.. result.GetColumn<ReadOnlyMemory<char>[]>("TopLabels")];
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(scores[i].OrderDescending().Take(2), top[i]);
            Assert.Equal(top[i].Select(score => transformer.Labels[Array.IndexOf(scores[i], score)]),
                labels[i].Select(label => label.ToString()));
        }
    }

    [Fact]
    public void A_row_does_not_depend_on_its_neighbours_or_on_the_batching()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => Texts[i * 5 % Texts.Length])];
        using BertClassifierTransformer batched =
            Fit(Tiny.Value, o => o with { Batching = new() { WindowSize = 9, TokenBudget = 50, NumberOfThreads = 2 } });
        using BertClassifierTransformer alone = Fit(Tiny.Value, o => o with { Batching = new() { TokenBudget = 1 } });
        Assert.All(Predict(batched, Rows(texts)).Zip(Predict(alone, Rows(texts))),
            pair => Assert.All(pair.First.Score.Zip(pair.Second.Score), score => Assert.Equal(score.First, score.Second, 1e-5f)));
    }

    [Theory]
    [InlineData(null), InlineData("multi_label_classification"), InlineData("regression")]
    public void The_promised_schema_is_the_real_one(string? problem)
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification",
            ExtraConfig = new JsonObject { ["problem_type"] = problem } }.Load();
        var options = new BertClassifierEstimator.Options
        {
            LogitsColumnName = "Logits",
            TopK = problem == "regression" ? 0 : 2,
            PairColumnName = "Pair",
        };
        BertClassifierEstimator estimator = _ml.Transforms.Text.ApplyBertClassifier(options with { Model = model });
        IDataView data = Data([new Input()]);
        using BertClassifierTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.Transform(data).Schema);
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_from_the_file()
    {
        IDataView data = Data(Rows(["the film is great", "bad", "zzz"]));
        var model = _ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", Tiny.Value)
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        string path = _folder["model.zip"];
        _ml.Model.Save(model, data.Schema, path);
        Assert.Equal(model.Transform(data).GetColumn<float[]>("Score"),
            FreshProcess.Run(path, ["the film is great", "bad", "zzz"], "Score"));
        Assert.Equal(Labels(model.Transform(data)), Labels(_ml.Model.Load(path, out _).Transform(data)));

        static IEnumerable<string> Labels(IDataView view) => view.GetColumn<string>("PredictedLabel");
    }

    [Fact]
    public void Keys_of_a_trainers_own_label_column_give_back_its_values_after_loading()
    {
        var rows = new[] { new { Stars = 1f }, new { Stars = 3.5f }, new { Stars = 5f } };
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Stars").Fit(_ml.Data.LoadFromEnumerable(rows))
            .Transform(_ml.Data.LoadFromEnumerable(rows));
        var options = new BertClassifierEstimator.Options { Model = Tiny.Value, Labels = KeyValues.Of(keyed.Schema["Label"]) };
        using var transformer = new BertClassifierTransformer(_ml, options.Resolve());
        Assert.Equal(["1", "3.5", "5"], transformer.Labels);

        IDataView data = Data(Rows(Texts));
        string path = _folder["stars.zip"];
        _ml.Model.Save(transformer, data.Schema, path);
        ITransformer loaded = _ml.Model.Load(path, out _);
        float[] Stars(ITransformer model) =>
            [.. _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(model.Transform(data)).Transform(model.Transform(data))
                .GetColumn<float>("PredictedLabel")];
        Assert.Equal(Stars(transformer), Stars(loaded));
        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("Score")
            .Select(score => new[] { 1, 3.5f, 5 }[Array.IndexOf(score, score.Max())]), Stars(loaded));
    }

    [Theory]
    [InlineData("BertForNextSentencePrediction"), InlineData("BertForPreTraining")]
    public void The_next_sentence_is_told_by_the_head_of_pretraining(string architecture)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture, Type = TensorType.BF16 }.Load();
        var estimator = _ml.Transforms.Text.ApplyBertNextSentence("PredictedLabel", "Sentence1", "Sentence2", model);
        string[] lines = ["the film is great\tit was good", "bad\tzzz", "on time\ti love that book"];
        IDataView data = _ml.Data.LoadFromEnumerable(
            lines.Select(line => line.Split('\t')).Select(texts => new { Sentence1 = texts[0], Sentence2 = texts[1] }));
        using BertClassifierTransformer transformer = estimator.Fit(data);
        float[][] scores = [.. transformer.Transform(data).GetColumn<float[]>("Score")];
        for (int i = 0; i < lines.Length; i++)
        {
            BertEncoding tokens = model.Tokenizer.Encode(lines[i].Split('\t')[0], lines[i].Split('\t')[1]);
            double[] logits = new PlainBert(model).NextSentenceLogits([.. tokens.Ids], [.. tokens.TypeIds]);
            Assert.Equal(1 / (1 + Math.Exp(logits[1] - logits[0])), scores[i][0], 1e-5);
        }
        Assert.Equal(["IsNext", "NotNext"], transformer.Labels);
        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        Assert.Equal(scores, FreshProcess.Run(_folder["model.zip"], lines, "Score"));
        Assert.Contains("BertForSequenceClassification", Assert.Throws<NotSupportedException>(() => Fit(model)).Message);
        Assert.Contains("PairColumnName",
            Assert.Throws<ArgumentException>(
            () => _ml.Transforms.Text.ApplyBertNextSentence(new BertClassifierEstimator.Options { Model = model })).Message);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("Fine-tune it", Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint().Load())).Message);
        Assert.Contains("Thresholds has 2",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { Thresholds = [0.5f, 0.5f] })).Message);
        Assert.Contains("TopK is -1", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { TopK = -1 })).Message);
        Assert.Contains("MaxLength is 4",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { MaxLength = 4, PairColumnName = "Pair" })).Message);
        Assert.Contains("'Score'",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { LogitsColumnName = "Score" })).Message);
        Assert.Contains("'Txt'", Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Tiny.Value, o => o with { InputColumnName = "Txt" }))
            .Message);
    }

    private BertClassifierTransformer Fit(
        BertModel model, Func<BertClassifierEstimator.Options, BertClassifierEstimator.Options>? configure = null)
    {
        var options = new BertClassifierEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertClassifier(options with { Model = model }).Fit(Data([new Input()]));
    }

    private IDataView Transform(BertClassifierTransformer transformer) => transformer.Transform(Data(Rows(Texts)));

    private TransformerChain<ITransformer> Named(BertClassifierTransformer transformer)
    {
        IDataView data = transformer.Transform(Data([new Input()]));
        return new TransformerChain<ITransformer>(transformer, _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(data));
    }

    private Output[] Predict(BertClassifierTransformer transformer, IEnumerable<Input> inputs) =>
        [.. _ml.Data.CreateEnumerable<Output>(
            Named(transformer).Transform(Data(inputs)), reuseRowObject: false, ignoreMissingColumns: true)];

    private static IEnumerable<Input> Rows(IEnumerable<string> texts) => texts.Select(text => new Input { Text = text });

    private IDataView Data(IEnumerable<Input> inputs) => _ml.Data.LoadFromEnumerable(inputs);

    private sealed class Input
    {
        public string? Text { get; set; } = "";

        public string? Pair { get; set; } = "";

        public string Sentiment { get; set; } = "";

        public bool Flag { get; set; }
    }

    private sealed class Output
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];

        public float[] Logits { get; set; } = [];
    }
}
