using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.Summarization;

public sealed class SummarizationEvaluationTests
{
    private readonly MLContext _ml = new();

    [Fact]
    public void Metrics_are_the_means_on_paper()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[]
        {
            new { Target = new[] { "dogs", "the cat ran home" }, PredictedText = "The cat runs." },
            new { Target = new[] { "one two\nthree four", "" }, PredictedText = "three four\none two" },
        });
        SummarizationMetrics metrics = _ml.MulticlassClassification.EvaluateSummarization(data);
        Assert.Equal(2, metrics.Count);
        // The first: 2 of 3 and 4 words, 1 of 2 and 3 pairs. The second: all words, 2 of 3 pairs, 2 words in order, all in sentences.
        double f1 = 4 / 7.0, f2 = 2 / 5.0;
        Assert.Equal((f1 + 1) / 2, metrics.Rouge1.F1Score, 1e-12);
        Assert.Equal((f2 + 2 / 3.0) / 2, metrics.Rouge2.F1Score, 1e-12);
        Assert.Equal((f1 + 0.5) / 2, metrics.RougeL.F1Score, 1e-12);
        Assert.Equal((f1 + 1) / 2, metrics.RougeLsum.F1Score, 1e-12);
        Assert.Equal((2 / 3.0 + 1) / 2, metrics.Rouge1.Precision, 1e-12);
        Assert.Equal((2 / 4.0 + 1) / 2, metrics.Rouge1.Recall, 1e-12);
        Assert.Equal((1 - f1) / 2, metrics.Rouge1.F1StandardError, 1e-12);
    }

    [Fact]
    public void Stems_are_compared_on_request()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new { Target = "the dogs are running", PredictedText = "the dog runs" } });
        Assert.Equal(2 / 7.0, _ml.MulticlassClassification.EvaluateSummarization(data).Rouge1.F1Score, 1e-12);
        Assert.Equal(6 / 7.0, _ml.MulticlassClassification.EvaluateSummarization(data, useStemmer: true).Rouge1.F1Score, 1e-12);
    }
}
