using System.Text.Json.Nodes;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.SentenceSimilarity;

public sealed class BertCrossEncoderTests : IDisposable
{
    private static readonly Input[] Rows =
    [
        new() { Sentence1 = "the film is great", Sentence2 = "the movie is good" },
        new() { Sentence1 = "", Sentence2 = "bad" },
        new() { Sentence1 = "i hate this phone and the battery is very poor , but the screen is good", Sentence2 = null },
        new() { Sentence1 = "on time", Sentence2 = "zzz 99 !" },
    ];

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("DistilBertForSequenceClassification"),
        InlineData("MPNetForSequenceClassification"), InlineData("RobertaForSequenceClassification")]
    public void Scores_are_the_sigmoid_of_a_plain_computation_in_one_view_and_alone(string architecture)
    {
        BertModel model = Checkpoint(new() { Architecture = architecture }).Load();
        using BertCrossEncoderTransformer transformer = Fit(model);
        float[] scores = Scores(transformer);
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < Rows.Length; i++)
        {
            double expected = 1 / (1 + Math.Exp(-Logit(model, Rows[i])));
            Assert.Equal(expected, scores[i], 1e-5);
            Assert.Equal(expected, engine.Predict(Rows[i]).Score, 1e-5);
        }
    }

    [Theory]
    [InlineData("""{"sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity"}""", false)]
    [InlineData("""{"sentence_transformers":{"activation_fn":"torch.nn.modules.linear.Identity","version":"4.1.0"}}""", false)]
    [InlineData("""{"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Sigmoid"}}""", true)]
    [InlineData("""{"sentence_transformers":{"version":"4.1.0"}}""", true)]
    public void The_activation_is_the_one_that_the_config_names(string config, bool sigmoid)
    {
        BertModel model = Checkpoint(new() { ExtraConfig = JsonNode.Parse(config)!.AsObject() }).Load();
        double logit = Logit(model, Rows[0]);
        using BertCrossEncoderTransformer transformer = Fit(model);
        Assert.Equal(sigmoid ? 1 / (1 + Math.Exp(-logit)) : logit, Scores(transformer)[0], 1e-5);
        using BertCrossEncoderTransformer asked = Fit(model, o => o with { Activation = BertScoreActivation.Identity });
        Assert.Equal(logit, Scores(asked)[0], 1e-5);
    }

    [Fact]
    public void The_activation_may_stand_in_the_file_of_sentence_transformers()
    {
        string folder = Checkpoint(new()).Write(_folder["checkpoint"]);
        File.WriteAllText(Path.Combine(folder, "config_sentence_transformers.json"), """{"activation_fn":"torch.nn.modules.linear.Identity"}""");
        BertModel model = BertModel.FromPretrained(folder);
        using BertCrossEncoderTransformer transformer = Fit(model);
        Assert.Equal(Logit(model, Rows[0]), Scores(transformer)[0], 1e-5);
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        BertModel model = Checkpoint(
            new() { ExtraConfig = new() { ["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity" } }).Load();
        BertCrossEncoderEstimator estimator = _ml.Transforms.Text.ApplyBertCrossEncoder("Score", "Sentence1", "Sentence2", model);
        IDataView data = _ml.Data.LoadFromEnumerable(Rows);
        using BertCrossEncoderTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));

        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        float[][] fresh = FreshProcess.Run(_folder["model.zip"], Rows.Select(row => $"{row.Sentence1}\t{row.Sentence2}"), "Score");
        Assert.Equal(Scores(transformer), fresh.Select(row => row[0]));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("Fine-tune it", Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint().Load())).Message);
        Assert.Contains("ApplyBertClassifier",
            Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load()))
            .Message);
        BertModel tanh = Checkpoint(
            new() { ExtraConfig = new() { ["sbert_ce_default_activation_function"] = "torch.nn.modules.activation.Tanh" } }).Load();
        Assert.Contains("Tanh", Assert.Throws<NotSupportedException>(() => Fit(tanh)).Message);
        Assert.Contains("'Second'",
            Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Checkpoint(new()).Load(), o => o with { PairColumnName = "Second" }))
            .Message);
    }

    private static TinyCheckpoint Checkpoint(TinyCheckpoint tiny) =>
        tiny with
        {
            Architecture = tiny.Architecture == "BertModel" ? "BertForSequenceClassification" : tiny.Architecture,
            Labels = ["LABEL_0"],
        };

    private static double Logit(BertModel model, Input row)
    {
        BertEncoding tokens = model.Tokenizer.Encode(row.Sentence1, row.Sentence2 ?? "");
        return new PlainBert(model).SequenceLogits([.. tokens.Ids], [.. tokens.TypeIds])[0];
    }

    private BertCrossEncoderTransformer Fit(
        BertModel model, Func<BertCrossEncoderEstimator.Options, BertCrossEncoderEstimator.Options>? configure = null)
    {
        var options = new BertCrossEncoderEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertCrossEncoder(options with { Model = model }).Fit(_ml.Data.LoadFromEnumerable(Rows));
    }

    private float[] Scores(BertCrossEncoderTransformer transformer) =>
        [.. transformer.Transform(_ml.Data.LoadFromEnumerable(Rows)).GetColumn<float>("Score")];

    private sealed class Input
    {
        public string? Sentence1 { get; set; }

        public string? Sentence2 { get; set; }
    }

    private sealed class Output
    {
        public float Score { get; set; }
    }
}
