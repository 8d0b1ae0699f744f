using Bert.MLNet.Models.Families;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Options = Bert.MLNet.BertZeroShotClassifierEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.ZeroShot;

/// <summary>Scores against the formulas of HuggingFace's pipeline, on the logits that plain loops compute for each pair.</summary>
public sealed class BertZeroShotClassifierTests : IDisposable
{
    private const string Template = "This example is {}.";

    private static readonly string[] Nli = ["contradiction", "neutral", "entailment"];

    private static readonly string[] Candidates = ["film", "phone service", "very good book", "price"];

    private static readonly string[] Texts =
        ["the film is great", "", "i hate this phone and the battery is very poor , but the screen is good", "Zzz 99 !"];

    private static readonly Lazy<BertModel> Tiny = new(() => Checkpoint("BertForSequenceClassification", Nli));

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Architectures =>
    [
        "BertForSequenceClassification", "RobertaForSequenceClassification", "DebertaV2ForSequenceClassification",
        "XLMRobertaForSequenceClassification", "DistilBertForSequenceClassification", "MPNetForSequenceClassification",
        "AlbertForSequenceClassification", "ElectraForSequenceClassification", "ModernBertForSequenceClassification",
    ];

    [Theory, MemberData(nameof(Architectures))]
    public void Scores_equal_a_plain_computation_for_one_label_and_for_any_number_in_one_view_and_alone(string architecture)
    {
        BertModel model = Checkpoint(architecture, Nli);
        foreach (bool multiLabel in new[] { false, true })
        {
            using BertZeroShotClassifierTransformer transformer = Fit(model, o => o with { MultiLabel = multiLabel });
            using PredictionEngine<Input, Output> engine = Engine(transformer);
            Output[] rows = Predict(transformer, Texts);
            for (int i = 0; i < Texts.Length; i++)
            {
                double[] expected = Plain(model, Texts[i], Candidates, entailment: 2, contradiction: 0, multiLabel);
                string best = Candidates[Array.IndexOf(expected, expected.Max())];
                foreach (Output row in new[] { rows[i], engine.Predict(new Input { Text = Texts[i] }) })
                {
                    AssertClose(expected, row.Score);
                    Assert.Equal(best, row.PredictedLabel);
                }
                if (!multiLabel)
                    Assert.Equal(1, rows[i].Score.Sum(), 1e-5);
            }
        }
    }

    public static TheoryData<string> Families => [.. EveryFamily.With(HeadKind.SequenceClassification)];

    [Theory, MemberData(nameof(Families))]
    public void Scores_of_every_family_follow_from_the_logits_of_a_classifier_of_pairs(string family)
    {
        BertModel model = (EveryFamily.Checkpoint(family, HeadKind.SequenceClassification) with { Labels = Nli }).Load();
        string[] hypotheses = [.. Candidates.Select(label => Template.Replace("{}", label, StringComparison.Ordinal))];
        var pairs = new BertClassifierEstimator.Options { Model = model, PairColumnName = "Other", LogitsColumnName = "Logits" };
        IDataView data = _ml.Data.LoadFromEnumerable(
            Texts[..2].SelectMany(text => hypotheses.Select(hypothesis => new EveryTransformer.Row { Text = text, Other = hypothesis })));
        using BertClassifierTransformer classifier = _ml.Transforms.Text.ApplyBertClassifier(pairs).Fit(data);
        float[][] logits = [.. classifier.Transform(data).GetColumn<float[]>("Logits")];
        using BertZeroShotClassifierTransformer transformer = Fit(model);
        Output[] rows = Predict(transformer, Texts[..2]);
        for (int i = 0; i < rows.Length; i++)
            AssertClose(Softmax([.. logits[(4 * i)..(4 * i + 4)].Select(row => (double)row[2])]), rows[i].Score);
    }

    [Theory]
    [InlineData(0, 1, "entailment", "not_entailment")]
    [InlineData(1, 0, "CONTRADICTION", "Entailment", "neutral")]
    [InlineData(0, 2, "ENTAIL", "neutral", "contradiction")]
    [InlineData(2, 0, "LABEL_0", "LABEL_1", "LABEL_2")]
    public void Entailment_is_found_by_its_name_and_contradiction_is_the_first_label_or_else_the_last(
        int entailment, int contradiction, params string[] labels)
    {
        BertModel model = Checkpoint("BertForSequenceClassification", labels);
        using BertZeroShotClassifierTransformer transformer = Fit(model, o => o with { MultiLabel = true });
        double[] expected = Plain(model, Texts[0], Candidates, entailment, contradiction, multiLabel: true);
        AssertClose(expected, Predict(transformer, Texts)[0].Score);
    }

    [Fact]
    public void A_guess_of_the_entailment_label_is_a_warning_and_can_be_corrected()
    {
        BertModel model = Checkpoint("BertForSequenceClassification", ["yes", "perhaps", "no"]);
        Assert.Contains("'no'", Assert.Single(Warnings(o => o with { Model = model })));
        Assert.Empty(Warnings(o => o with { Model = model, EntailmentLabel = "yes" }));
        Assert.Empty(Warnings(o => o with { Model = Tiny.Value }));
        using BertZeroShotClassifierTransformer transformer = Fit(model, o => o with { EntailmentLabel = "yes", MultiLabel = true });
        double[] expected = Plain(model, Texts[0], Candidates, entailment: 0, contradiction: 2, multiLabel: true);
        AssertClose(expected, Predict(transformer, Texts)[0].Score);
    }

    [Fact]
    public void A_single_candidate_is_judged_against_contradiction()
    {
        using BertZeroShotClassifierTransformer transformer = Fit(Tiny.Value, o => o with { CandidateLabels = ["film"] });
        double[] expected = Plain(Tiny.Value, Texts[0], ["film"], entailment: 2, contradiction: 0, multiLabel: true);
        Assert.NotEqual(1, expected[0], 1e-3);
        AssertClose(expected, Predict(transformer, Texts)[0].Score);
    }

    [Fact]
    public void The_label_takes_the_place_of_the_braces_in_the_template()
    {
        const string Own = "it is {} of the day , and {0} is not";
        using BertZeroShotClassifierTransformer transformer = Fit(Tiny.Value, o => o with { HypothesisTemplate = Own });
        AssertClose(Plain(Tiny.Value, Texts[0], Candidates, 2, 0, multiLabel: false, Own), Predict(transformer, Texts)[0].Score);
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Only_the_text_is_truncated(BertTruncationSide side)
    {
        const int MaxLength = 40;
        BertModel model = TinyCheckpoint.WithTruncationSide(Tiny.Value, side);
        string text = string.Join(' ', Enumerable.Range(0, 60).Select(i => "good bad film phone".Split(' ')[i * i % 4]));
        using BertZeroShotClassifierTransformer transformer = Fit(model, o => o with { MaxLength = MaxLength });
        double[] logits = [.. Candidates.Select(label =>
        {
            int[] hypothesis = Ids(model, Template.Replace("{}", label, StringComparison.Ordinal)), all = Ids(model, text);
            int kept = MaxLength - 3 - hypothesis.Length;
            int[] premise = side == BertTruncationSide.Right ? all[..kept] : all[^kept..];
            int[] row = [2, .. premise, 3, .. hypothesis, 3];
            return new PlainBert(model).SequenceLogits(row, [.. row.Select((_, i) => i < kept + 2 ? 0 : 1)])[2];
        })];
        AssertClose(Softmax(logits), Predict(transformer, [text])[0].Score);
    }

    [Fact]
    public void Each_row_can_have_its_own_labels_as_a_vector_or_separated_by_commas()
    {
        (string Text, string[] Labels)[] rows =
            [("the film is great", ["good", "bad film"]), ("on time", ["price"]), ("so what", []), ("a phone", ["a", "b", "c"])];
        IDataView vectors = _ml.Data.LoadFromEnumerable(
            rows.Select(row => new OwnLabels { Text = row.Text, Labels = [.. row.Labels, " "] }));
        IDataView texts = _ml.Data.LoadFromEnumerable(
            rows.Select(row => new Separated { Text = row.Text, Labels = string.Join(" , ", row.Labels) + "," }));
        foreach (IDataView data in new[] { vectors, texts })
        {
            var options = new Options { Model = Tiny.Value, CandidateLabelsColumnName = "Labels", TopK = 2 };
            BertZeroShotClassifierEstimator estimator = _ml.Transforms.Text.ApplyBertZeroShotClassifier(options);
            using BertZeroShotClassifierTransformer transformer = estimator.Fit(data);
            SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));
            OwnOutput[] found = [.. _ml.Data.CreateEnumerable<OwnOutput>(transformer.Transform(data), reuseRowObject: false)];
            for (int i = 0; i < rows.Length; i++)
            {
                string[] labels = rows[i].Labels;
                double[] expected = labels.Length == 0 ? [] : Plain(Tiny.Value, rows[i].Text, labels, 2, 0, labels.Length == 1);
                AssertClose(expected, found[i].Score);
                Assert.Equal(labels, found[i].ScoreLabels);
                var best = labels.Zip(expected).OrderByDescending(pair => pair.Second).Select(pair => pair.First).Take(2);
                Assert.Equal(best, found[i].TopLabels);
                Assert.Equal(found[i].TopLabels.FirstOrDefault() ?? "", found[i].PredictedLabel);
            }
        }
    }

    [Fact]
    public void The_best_labels_come_in_descending_order_of_their_scores()
    {
        using BertZeroShotClassifierTransformer transformer = Fit(Tiny.Value, o => o with { TopK = 3 });
        foreach (Output row in Predict(transformer, Texts))
        {
            Assert.Equal(Candidates.Zip(row.Score).OrderByDescending(pair => pair.Second).Take(3), row.TopLabels.Zip(row.TopScores));
            Assert.Equal(row.PredictedLabel, row.TopLabels[0]);
        }
    }

    [Fact]
    public void The_slots_have_the_labels_names_and_evaluation_of_classes_reads_the_columns()
    {
        using BertZeroShotClassifierTransformer transformer = Fit(Tiny.Value);
        IDataView data = transformer.Transform(
            _ml.Data.LoadFromEnumerable(Texts.Select((text, i) => new Labelled { Text = text, Label = Candidates[i] })));
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Candidates, names.DenseValues().Select(name => name.ToString()));

        IDataView order = _ml.Data.LoadFromEnumerable(Candidates.Select(name => new { Label = name }));
        IDataView keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: order).Fit(data).Transform(data);
        double right = Texts.Zip(Candidates, Predict(transformer, Texts)).Count(row => row.Second == row.Third.PredictedLabel);
        Assert.Equal(right / Texts.Length, _ml.MulticlassClassification.Evaluate(keys).MicroAccuracy, 1e-9);
    }

    [Fact]
    public void Many_threads_and_any_batches_give_what_one_row_alone_gives()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => string.Join(' ', Enumerable.Repeat(Texts[i % 4], 1 + i % 3)))];
        using BertZeroShotClassifierTransformer transformer =
            Fit(Tiny.Value, o => o with { Batching = new BertBatchOptions { TokenBudget = 100, WindowSize = 8, NumberOfThreads = 3 } });
        float[][] alone = [.. texts.Select(text => Predict(transformer, [text])[0].Score)];
        Parallel.For(0, 8, i =>
        {
            if (i % 2 == 0)
            {
                Assert.All(Predict(transformer, texts).Zip(alone), pair => AssertClose([.. pair.Second], pair.First.Score));
                return;
            }
            using PredictionEngine<Input, Output> engine = Engine(transformer);
            Assert.All(texts.Zip(alone), pair => AssertClose([.. pair.Second], engine.Predict(new Input { Text = pair.First }).Score));
        });
    }

    [Fact]
    public void A_checkpoint_that_is_a_graph_gives_the_same_scores_as_its_weights()
    {
        string folder = _folder["graph"];
        Tiny.Value.SavePretrained(folder);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        Tiny.Value.SaveOnnx(Path.Combine(folder, "model.onnx"));
        using BertZeroShotClassifierTransformer weights = Fit(Tiny.Value), graph = Fit(BertModel.FromPretrained(folder));
        Assert.All(Predict(weights, Texts).Zip(Predict(graph, Texts)), pair => Assert.Equal(pair.First.Score, pair.Second.Score));
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        BertZeroShotClassifierEstimator estimator =
            _ml.Transforms.Text.ApplyBertZeroShotClassifier("PredictedLabel", "Text", Candidates, Tiny.Value, multiLabel: true);
        IDataView data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Input { Text = text }));
        using BertZeroShotClassifierTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));
        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        float[][] fresh = FreshProcess.Run(_folder["model.zip"], Texts.Select(text => text + "\t"), "Score");
        Assert.Equal(Predict(transformer, Texts).Select(row => row.Score), fresh);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Named<NotSupportedException>("Fine-tune it", o => o with { Model = EveryTransformer.Model("BertModel") });
        Named<NotSupportedException>("one label", o => o with { Model = Checkpoint("BertForSequenceClassification", ["one"]) });
        Named<ArgumentException>("CandidateLabels", o => o with { CandidateLabels = [] });
        Named<ArgumentException>("CandidateLabels", o => o with { CandidateLabels = ["a", " "] });
        Named<ArgumentException>("CandidateLabelsColumnName", o => o with { CandidateLabelsColumnName = "Labels" });
        Named<ArgumentException>("HypothesisTemplate", o => o with { HypothesisTemplate = "no braces" });
        Named<ArgumentException>("HypothesisTemplate", o => o with { HypothesisTemplate = "{} or {}" });
        Named<ArgumentException>("'implied'", o => o with { EntailmentLabel = "implied" });
        Named<ArgumentException>("TopK", o => o with { TopK = -1 });
        Named<ArgumentException>("MaxLength", o => o with { MaxLength = 4 });
        Named<ArgumentException>("'phone service'", o => o with { MaxLength = 15 });
        Named<ArgumentOutOfRangeException>("'Other'", o => o with { InputColumnName = "Other" });
        Named<ArgumentOutOfRangeException>("'Labels'", o => o with { CandidateLabels = [], CandidateLabelsColumnName = "Labels" });

        string longLabel = string.Join(' ', Enumerable.Repeat("bad", 60));
        IDataView data = _ml.Data.LoadFromEnumerable([new Separated { Text = "so what", Labels = "good, " + longLabel }]);
        var options = new Options { Model = Tiny.Value, CandidateLabelsColumnName = "Labels" };
        using BertZeroShotClassifierTransformer own = _ml.Transforms.Text.ApplyBertZeroShotClassifier(options).Fit(data);
        string message = Assert.Throws<InvalidOperationException>(() => own.Transform(data).GetColumn<float[]>("Score").ToArray()).Message;
        Assert.Contains("Row 0", message);
        Assert.Contains("so what", message);
        Assert.Contains("'bad bad bad bad bad bad bad bad bad bad …' has", message);
    }

    private static BertModel Checkpoint(string architecture, string[] labels) => EveryTransformer.Model(architecture, labels);

    private static int[] Ids(BertModel model, string text) =>
        [.. model.Tokenizer.Encode(text, options: new() { AddSpecialTokens = false }).Ids];

    private static double[] Plain(
        BertModel model, string text, string[] labels, int entailment, int contradiction, bool multiLabel, string template = Template)
    {
        double[][] logits = [.. labels.Select(label =>
        {
            BertEncoding pair = model.Tokenizer.Encode(text, template.Replace("{}", label, StringComparison.Ordinal));
            return new PlainBert(model).SequenceLogits([.. pair.Ids], [.. pair.TypeIds]);
        })];
        return multiLabel
            ? [.. logits.Select(row => Softmax([row[contradiction], row[entailment]])[1])]
            : Softmax([.. logits.Select(row => row[entailment])]);
    }

    private static double[] Softmax(double[] logits) => [.. logits.Select(logit => Math.Exp(logit) / logits.Sum(Math.Exp))];

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private void Named<TException>(string named, Func<Options, Options> configure)
        where TException : Exception =>
        Assert.Contains(named, Assert.Throws<TException>(() => Fit(Tiny.Value, configure)).Message, StringComparison.Ordinal);

    private static List<string> Warnings(Func<Options, Options> configure)
    {
        var ml = new MLContext();
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.Message);
        };
        ml.Transforms.Text.ApplyBertZeroShotClassifier(configure(new Options { CandidateLabels = Candidates }));
        return warnings;
    }

    private BertZeroShotClassifierTransformer Fit(BertModel model, Func<Options, Options>? configure = null)
    {
        var options = new Options { Model = model, CandidateLabels = Candidates };
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertZeroShotClassifier(options).Fit(_ml.Data.LoadFromEnumerable<Input>([]));
    }

    private PredictionEngine<Input, Output> Engine(BertZeroShotClassifierTransformer transformer) =>
        _ml.Model.CreatePredictionEngine<Input, Output>(transformer, new PredictionEngineOptions { OwnsTransformer = false });

    private Output[] Predict(BertZeroShotClassifierTransformer transformer, string[] texts)
    {
        IDataView data = transformer.Transform(_ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text })));
        return [.. _ml.Data.CreateEnumerable<Output>(data, reuseRowObject: false, ignoreMissingColumns: true)];
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }

    private sealed class Labelled
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class OwnLabels
    {
        public string Text { get; set; } = "";

        public string[] Labels { get; set; } = [];
    }

    private sealed class Separated
    {
        public string Text { get; set; } = "";

        public string Labels { get; set; } = "";
    }

    private sealed class Output
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];

        public string[] TopLabels { get; set; } = [];

        public float[] TopScores { get; set; } = [];
    }

    private sealed class OwnOutput
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];

        public string[] ScoreLabels { get; set; } = [];

        public string[] TopLabels { get; set; } = [];
    }
}
