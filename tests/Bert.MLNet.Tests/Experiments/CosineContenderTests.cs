using Bert.MLNet.Experiments;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Experiments;

public sealed class CosineContenderTests
{
    /// <summary>With a tenth of the regularization, SDCA diverges on a single feature.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(3600)]
    [InlineData(40_000)]
    public void The_cosine_alone_becomes_a_score_whatever_the_number_of_rows(int rows)
    {
        var ml = new MLContext(seed: 1);
        var task = new SimilarityTask(new SentenceSimilarityExperimentSettings(), seed: 1);
        VectorContender contender = task.VectorContenders([(ToyLanguage.Model(), "")])
            .Single(contender => contender.Features == VectorKind.Cosine);
        var random = new Random(1);
        IDataView pairs = ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ =>
        {
            float label = 1 + 4 * random.NextSingle();
            return new Pair { Label = label, BertFeatures = [Math.Min(1, label / 5 + 0.1f * (random.NextSingle() - 0.5f))] };
        }).ToArray());
        IDataView scored = task.Trainer(ml, contender, rows).Fit(pairs).Transform(pairs);
        RegressionMetrics metrics = ml.Regression.Evaluate(scored);
        Assert.InRange(metrics.RSquared, 0.75, 1);
    }

    private sealed class Pair
    {
        public float Label { get; set; }

        [VectorType(1)]
        public float[] BertFeatures { get; set; } = [];
    }
}
