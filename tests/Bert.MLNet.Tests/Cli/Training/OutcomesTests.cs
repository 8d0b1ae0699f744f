using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Tests.Cli.Training;

/// <summary>Metrics of single rows beside those of ML.NET and of the evaluators, and their standard errors beside formulas.</summary>
public sealed class OutcomesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(2), InlineData(3)]
    public void Metrics_of_a_classifier_are_those_of_ML_NET(int labels)
    {
        IDataView predictions = Classified(labels, 90);
        JsonObject metrics = Metrics.Of(_ml, predictions);
        AssertSame(metrics, Outcomes.Read(_ml, predictions));
        Assert.Equal(labels == 2, metrics.ContainsKey("AreaUnderRocCurve"));

        double accuracy = (double)metrics["MicroAccuracy"]!, expected = Math.Sqrt(accuracy * (1 - accuracy) / 90);
        Assert.InRange(Outcomes.StandardErrorOf(metrics, "MicroAccuracy")!.Value, 0.8 * expected, 1.2 * expected);
    }

    [Fact]
    public void Metrics_of_scores_entities_and_answers_are_those_of_their_evaluators()
    {
        foreach (IDataView predictions in new[] { Scores(), Entities(), Answers() })
            AssertSame(Metrics.Of(_ml, predictions), Outcomes.Read(_ml, predictions));
    }

    [Fact]
    public void The_standard_error_of_many_rows_is_that_of_all_of_them()
    {
        var random = new Random(1);
        var outcomes = new Outcomes(
            [new OutcomeMetric("Mean", true, rows => rows.Average(row => row[0]))],
            [.. Enumerable.Range(0, 40_000).Select(_ => new double[] { random.Next(2) })]);
        Assert.InRange(outcomes.StandardError(outcomes.Metrics[0]), 0.0025 * 0.8, 0.0025 * 1.2); // ½ / √40,000
    }

    [Fact]
    public void Baselines_are_counted_on_the_rows_that_the_model_predicted()
    {
        IDataView predictions = Classified(3, 60);
        JsonObject metrics = Metrics.Of(_ml, predictions);
        Row[] train = [.. Enumerable.Range(0, 20).Select(
            i => new Row { Label = i < 12 ? "a" : i < 16 ? "b" : "c", Sentence1 = i < 12 ? "x" : "y" })];
        ValueToKeyMappingTransformer keys = Keys(train);
        var task = new ClassificationTask(new TextClassificationExperimentSettings(), 1);
        NGramResult ngrams = BaselineMetrics.AddLearnedTo(
            metrics, _ml, predictions, task, keys.Transform(_ml.Data.LoadFromEnumerable(train)),
            keys.Transform(_ml.Data.LoadFromEnumerable(Rows(3, 60))), 1, TestContext.Current.CancellationToken);
        Assert.Equal("x", ngrams.Words[0][0].Words); // the only word of label a
        Assert.Equal([20], ngrams.Curve.Select(point => point.Rows));
        Assert.Equal(["majority", "n-grams"], BaselineMetrics.In(metrics).Select(baseline => baseline.Name));
        JsonObject majority = BaselineMetrics.In(metrics).First().Metrics;
        Assert.Equal(20 / 60.0, (double)majority["MicroAccuracy"]!, 1e-12);
        Assert.Equal(-(Math.Log(0.6) + 2 * Math.Log(0.2)) / 3, (double)majority["LogLoss"]!, 1e-9);
        Assert.Equal(0.6 - 1 / 3.0, (double)majority["ExpectedCalibrationError"]!, 1e-6);
        Assert.NotNull(Outcomes.StandardErrorOf(majority, "LogLoss"));
        Assert.Null(BaselineMetrics.Warning(metrics, "MicroAccuracy"));
        metrics["MicroAccuracy"] = 0.3;
        Assert.StartsWith(
            "The model is not better than majority", BaselineMetrics.Warning(metrics, "MicroAccuracy"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void N_grams_learn_from_growing_parts_of_the_rows()
    {
        IDataView predictions = Classified(3, 60);
        Row[] train = [.. Enumerable.Range(0, 240).Select(i => new Row { Label = "abc"[i % 3].ToString(), Sentence1 = $"word{i % 3} of" })];
        ValueToKeyMappingTransformer keys = Keys(train);
        NGramResult ngrams = BaselineMetrics.AddLearnedTo(
            Metrics.Of(_ml, predictions), _ml, predictions, new ClassificationTask(new TextClassificationExperimentSettings(), 1),
            keys.Transform(_ml.Data.LoadFromEnumerable(train)), keys.Transform(_ml.Data.LoadFromEnumerable(train[..60])), 1,
            TestContext.Current.CancellationToken);
        Assert.Equal([30, 60, 120, 240], ngrams.Curve.Select(point => point.Rows));
        Assert.All(ngrams.Curve, point => Assert.Equal(1, point.Outcomes.Metrics[0].Compute(point.Outcomes.Rows))); // the word says it
        Assert.Equal(["word0", "word1", "word2"], ngrams.Words.Select(words => words[0].Words.Split(' ')[0]));
    }

    private static void AssertSame(JsonObject expected, Outcomes outcomes)
    {
        Assert.NotEmpty(outcomes.Metrics);
        Assert.All(outcomes.Metrics, metric => Assert.Equal((double)expected[metric.Name]!, metric.Compute(outcomes.Rows), 1e-4));
        Assert.Equal(outcomes.Metrics.Select(metric => metric.Name), Outcomes.Measured(expected));
    }

    private static Row[] Rows(int labels, int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => new Row
        {
            Label = "abc"[i % labels].ToString(),
            Sentence1 = $"text {i}",
            Features = [.. Enumerable.Range(0, labels).Select(j => (j == i % labels ? 0.8f : 0) + random.NextSingle())],
        })];
    }

    private ValueToKeyMappingTransformer Keys(Row[] rows) => _ml.Transforms.Conversion
        .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(_ml.Data.LoadFromEnumerable(rows));

    /// <summary>Predictions of a linear model for the rows that it has learnt.</summary>
    private IDataView Classified(int labels, int count)
    {
        Row[] rows = Rows(labels, count);
        foreach (Row row in rows)
            Array.Resize(ref row.Features, 3);
        IDataView data = Keys(rows).Transform(_ml.Data.LoadFromEnumerable(rows));
        return _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data).Transform(data);
    }

    private IDataView Scores() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new
    {
        Sentence1 = "a",
        Sentence2 = "b",
        Similarity = (float)(i % 6),
        Score = (i % 6) + 0.3f * (i % 5),
    }));

    private IDataView Entities() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new
    {
        Text = "Anna lives in Rome",
        Types = new[] { "PER", "LOC" },
        Starts = new[] { 0, 14 },
        Ends = new[] { 4, 18 },
        EntityTypes = i % 3 == 0 ? new[] { "PER" } : ["PER", "ORG", "LOC"],
        EntityScores = i % 3 == 0 ? new[] { 0.9f } : [0.9f, 0.4f, 0.8f],
        EntityStarts = i % 3 == 0 ? new[] { 0 } : [0, 5, 14],
        EntityEnds = i % 3 == 0 ? new[] { 4 } : [4, 10, 18],
    }));

    private IDataView Answers() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new
    {
        Question = "Who lives in Rome?",
        Context = "Anna Smith lives in Rome",
        TrainingAnswer = i % 4 == 0 ? Array.Empty<string>() : ["Anna Smith"],
        Answer = new[] { i % 3 == 0 ? "" : i % 3 == 1 ? "Anna" : "Anna Smith" },
        AnswerStart = new[] { 0 },
        Score = new[] { 0.5f },
    }));

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features = new float[3];

        public string Label { get; set; } = "";

        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";
    }
}
