using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.SentenceSimilarity;

/// <summary>Expected figures are worked out on paper, except where one is published.</summary>
public class SentenceSimilarityEvaluationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Pearson_of_five_points() // 12 / √(10 · 21.2)
    {
        SentenceSimilarityMetrics metrics = Evaluate([1, 2, 3, 4, 5], [2, 1, 4, 3, 7]);
        Assert.Equal(0.8241633836921342, metrics.PearsonCorrelation, 12);
        Assert.Equal(0.8, metrics.SpearmanCorrelation, 12); // 1 - 6 · 4 / (5 · 24)
        Assert.Equal(5, metrics.Count);
    }

    [Fact]
    public void Spearman_of_the_example_in_wikipedia() => Assert.Equal(-29 / 165.0,
        Evaluate([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]).SpearmanCorrelation, 12);

    [Fact]
    public void Equal_numbers_share_the_mean_of_their_ranks() // ranks 1, 2.5, 2.5, 4: 4.5 / √(4.5 · 5)
    {
        Assert.Equal(Math.Sqrt(0.9), Evaluate([2, 5, 5, 8], [1, 2, 3, 4]).SpearmanCorrelation, 12);
        Assert.Equal(1, Evaluate([2, 5, 5, 8], [0, 1, 1, 9]).SpearmanCorrelation, 12);
    }

    [Fact]
    public void The_other_figures_are_those_of_regression()
    {
        var random = new Random(1);
        IDataView data = Data([.. Enumerable.Range(0, 200).Select(_ => random.NextSingle() * 5)],
            [.. Enumerable.Range(0, 200).Select(_ => random.NextSingle() * 5)]);
        RegressionMetrics expected = _ml.Regression.Evaluate(data);
        SentenceSimilarityMetrics actual = _ml.Regression.EvaluateSentenceSimilarity(data);
        Assert.Equal(expected.MeanAbsoluteError, actual.MeanAbsoluteError, 9);
        Assert.Equal(expected.MeanSquaredError, actual.MeanSquaredError, 9);
        Assert.Equal(expected.RootMeanSquaredError, actual.RootMeanSquaredError, 9);
        Assert.Equal(expected.RSquared, actual.RSquared, 6); // ML.NET squares labels in single precision
    }

    [Fact]
    public void Correlations_do_not_change_with_scale_order_of_rows_or_roles()
    {
        var random = new Random(2);
        (float Label, float Score)[] rows = [.. Enumerable.Range(0, 100).Select(_ => ((float)random.Next(6), random.NextSingle()))];
        SentenceSimilarityMetrics first = Evaluate(rows), scaled = Evaluate([.. rows.Select(row => (row.Label, row.Score * 4 - 7))]),
            turned = Evaluate([.. rows.Select(row => (row.Label, -row.Score))]),
            cubed = Evaluate([.. rows.Select(row => (row.Label, row.Score * row.Score * row.Score))]),
            swapped = Evaluate([.. rows.Select(row => (row.Score, row.Label))]);
        random.Shuffle(rows);
        SentenceSimilarityMetrics shuffled = Evaluate(rows);

        Assert.All([scaled, swapped, shuffled], metrics => Assert.Equal(first.PearsonCorrelation, metrics.PearsonCorrelation, 6));
        Assert.All([scaled, swapped, shuffled, cubed], metrics => Assert.Equal(first.SpearmanCorrelation, metrics.SpearmanCorrelation, 6));
        Assert.Equal(-first.PearsonCorrelation, turned.PearsonCorrelation, 12);
        Assert.Equal(-first.SpearmanCorrelation, turned.SpearmanCorrelation, 12);
    }

    [Fact]
    public void Right_scores_give_one_and_no_error()
    {
        SentenceSimilarityMetrics metrics = Evaluate([0, 1.5f, 5, 3], [0, 1.5f, 5, 3]);
        Assert.Equal((1.0, 1.0, 0.0, 0.0, 1.0),
            (metrics.PearsonCorrelation, metrics.SpearmanCorrelation, metrics.MeanAbsoluteError, metrics.RootMeanSquaredError,
            metrics.RSquared));
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, new float[] { 0.1f, 0.1f, 0.1f })]
    [InlineData(new float[] { 0.7f, 0.7f, 0.7f }, new float[] { 1, 2, 3 })]
    [InlineData(new float[] { 1 }, new float[] { 1 })]
    [InlineData(new float[0], new float[0])]
    public void What_does_not_vary_has_no_correlation(float[] labels, float[] scores)
    {
        SentenceSimilarityMetrics metrics = Evaluate(labels, scores);
        Assert.Equal((double.NaN, double.NaN), (metrics.PearsonCorrelation, metrics.SpearmanCorrelation));
    }

    [Fact]
    public void Rows_without_a_label_or_a_score_do_not_count_as_in_regression()
    {
        IDataView data = Data([1, float.NaN, 2, 4, 3], [1, 2, float.NaN, 3, 3]);
        SentenceSimilarityMetrics metrics = _ml.Regression.EvaluateSentenceSimilarity(data);
        Assert.Equal(3, metrics.Count);
        Assert.Equal(1 / 3.0, metrics.MeanAbsoluteError, 12);
        Assert.Equal(_ml.Regression.Evaluate(data).MeanAbsoluteError, metrics.MeanAbsoluteError, 9);
    }

    [Fact]
    public void Only_the_two_columns_are_read_and_in_one_pass()
    {
        var data = new WatchedDataView(_ml.Data.LoadFromEnumerable([new { Text = "", Similarity = 1f, Cosine = 1f }]));
        _ml.Regression.EvaluateSentenceSimilarity(data, "Similarity", "Cosine");
        Assert.Equal(["Similarity Cosine"], data.Cursors);
    }

    [Fact]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new { Label = 1f, Text = "" }]);
        Assert.Equal("scoreColumnName",
            Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Regression.EvaluateSentenceSimilarity(data)).ParamName);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Regression.EvaluateSentenceSimilarity(data, "Text", "Label"));
        Assert.Equal("labelColumnName", error.ParamName);
        Assert.Contains("Single", error.Message);
    }

    private SentenceSimilarityMetrics Evaluate(params (float Label, float Score)[] rows) =>
        Evaluate([.. rows.Select(row => row.Label)], [.. rows.Select(row => row.Score)]);

    private SentenceSimilarityMetrics Evaluate(float[] labels, float[] scores) =>
        _ml.Regression.EvaluateSentenceSimilarity(Data(labels, scores));

    private IDataView Data(float[] labels, float[] scores) =>
        _ml.Data.LoadFromEnumerable(labels.Zip(scores, (label, score) => new { Label = label, Score = score }));
}
