using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

[Collection(UsesTorch.Name)]
public sealed class SentenceSimilarityExperimentTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Pairs_are_compared_by_cosine_by_vectors_and_read_together_and_the_best_is_kept()
    {
        using BertExperimentResult result = Experiment(new() { Models = [s_model], NumberOfFolds = 2 }).Execute(Pairs(24, 3));
        Assert.All(result.RunDetails, run => Assert.True(run.Exception is null, $"{run.TrainerName}: {run.Exception}"));
        string[] names = [.. result.RunDetails.Select(run => run.TrainerName.Split(',')[0]).Distinct()];
        Assert.Equal(
            [
                "n-grams", "cosine of static embeddings", "static embeddings", "cosine", "embeddings", "embeddings and n-grams",
                "two vectors", "read together",
            ],
            names);
        Assert.Equal(0, Assert.Single(result.Baselines).Metric); // a constant is not correlated

        IDataView predictions = result.Model.Transform(Pairs(60, 9));
        Assert.InRange(_ml.Regression.EvaluateSentenceSimilarity(predictions, "Label").PearsonCorrelation, 0.1, 1);
    }

    [Fact]
    public void The_metrics_of_a_run_are_those_of_ML_NET_on_the_same_predictions()
    {
        using BertExperimentResult result =
            Experiment(new() { Models = [s_model], FineTunes = false }).Execute(Pairs(100, 3), Pairs(50, 9));
        SentenceSimilarityMetrics expected = _ml.Regression.EvaluateSentenceSimilarity(result.Model.Transform(Pairs(50, 9)), "Label");
        IReadOnlyDictionary<string, double> metrics = result.BestRun.Metrics;
        Assert.Equal(["PearsonCorrelation", "SpearmanCorrelation", "MeanAbsoluteError", "RootMeanSquaredError"], metrics.Keys);
        Assert.Equal(expected.PearsonCorrelation, metrics["PearsonCorrelation"], 1e-4);
        Assert.Equal(expected.SpearmanCorrelation, metrics["SpearmanCorrelation"], 1e-2);
        Assert.Equal(expected.MeanAbsoluteError, metrics["MeanAbsoluteError"], 1e-3);
        Assert.Equal(expected.RootMeanSquaredError, metrics["RootMeanSquaredError"], 1e-3);
    }

    [Fact]
    public void Equal_labels_and_wrong_settings_are_refused_by_name()
    {
        IDataView same = _ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 4).Select(_ => new Pair { Sentence1 = "a", Sentence2 = "b", Label = 1 }).ToArray());
        Assert.Contains("'Label'",
            Assert.Throws<InvalidOperationException>(() => Experiment(new() { Models = [s_model] }).Execute(same)).Message,
            StringComparison.Ordinal);
        Assert.Contains("NumberOfFolds is 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => Experiment(new() { NumberOfFolds = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxExperimentTimeInSeconds is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => _ml.BertAuto().CreateSentenceSimilarityExperiment(0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("'Other'",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => Experiment(new() { Models = [s_model], Sentence2ColumnName = "Other" }).Execute(same)).Message, StringComparison.Ordinal);
    }

    private BertExperiment Experiment(SentenceSimilarityExperimentSettings settings) =>
        _ml.BertAuto().CreateSentenceSimilarityExperiment(settings);

    /// <summary>Pairs that are alike if both texts are good or both are bad.</summary>
    private IDataView Pairs(int count, int seed) => _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed)
        .Select(row => new Pair { Sentence1 = row.Text, Sentence2 = "the good day", Label = row.Label * 4 + 1 }).ToArray());

    private sealed class Pair
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Label { get; set; }
    }
}
