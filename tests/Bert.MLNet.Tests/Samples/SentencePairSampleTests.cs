using Bert.MLNet.Samples;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Samples;

public sealed class SentencePairSampleTests
{
    [Fact]
    public void Every_pair_is_predicted_once_and_equal_sentences_have_cosine_1()
    {
        var ml = new MLContext(seed: 1);
        SentencePairSample.Pair[] pairs =
        [
            .. Enumerable.Range(0, 20)
                .Select(i => new SentencePairSample.Pair { Sentence1 = $"book {i}", Sentence2 = $"book {i}", Similarity = 5 }),
            .. Enumerable.Range(0, 20)
                .Select(i => new SentencePairSample.Pair { Sentence1 = $"book {i}", Sentence2 = "they hate the poor screen",
                Similarity = 0 }),
        ];
        SentencePairSample.Prediction[] predictions =
            SentencePairSample.CrossPredict(ml, new TinyCheckpoint().Load(), ml.Data.LoadFromEnumerable(pairs));

        Assert.Equal(pairs.Select(pair => (pair.Sentence1, pair.Sentence2)).Order(),
            predictions.Select(pair => (pair.Sentence1, pair.Sentence2)).Order());
        Assert.All(predictions.Where(pair => pair.Similarity == 5), pair => Assert.Equal(1f, pair.Cosine, 1e-5f));
        Assert.All(predictions.Where(pair => pair.Similarity == 0), pair => Assert.True(pair.Cosine < 0.999f));
        Assert.True(SentencePairSample.Correlation(predictions, pair => pair.Score) > 0.9);
    }

    [Fact]
    public void Correlation_is_Pearson_s()
    {
        // x = 1, 2, 4 and y = 2, 1, 6: covariance sum 7, squares 14/3 and 14, so 7 / √(14/3 ∗ 14) = √3 / 2.
        SentencePairSample.Prediction[] predictions =
            [new() { Similarity = 1, Score = 2 }, new() { Similarity = 2, Score = 1 }, new() { Similarity = 4, Score = 6 }];
        Assert.Equal(Math.Sqrt(3) / 2, SentencePairSample.Correlation(predictions, pair => pair.Score), 6);
    }
}
