using Microsoft.ML;
using ModelBuilder;

namespace Bert.MLNet.DropIn;

/// <summary>The generated code with this library: unchanged, it trains the library's own checkpoint and predicts.</summary>
[Collection(UsesTorch.Name)]
public class GeneratedCodeTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Text_classification_runs_as_generated()
    {
        (float label, float[] score) = SentimentModel.TrainAndPredict(_ml);
        Assert.Contains(label, new[] { 0f, 1f });
        Assert.Equal(2, score.Length);
        Assert.Equal(1, score.Sum(), 1e-5f);
    }

    [Fact]
    public void Text_classification_of_pairs_runs_with_all_parameters_by_name()
    {
        (string guess, float[] scores) = ParaphraseModel.TrainAndPredict(_ml);
        Assert.Contains(guess, new[] { "yes", "no" });
        Assert.Equal(1, scores.Sum(), 1e-5f);
    }

    [Fact]
    public void Sentence_similarity_runs_as_generated() => Assert.True(float.IsFinite(SimilarityModel.TrainAndPredict(_ml)));

    [Fact]
    public void Named_entity_recognition_runs_as_generated()
    {
        string[][] labels = NamedEntityModel.TrainAndPredict(_ml);
        foreach ((NamedEntityModel.ModelInput row, string[] predicted) in NamedEntityModel.Rows.Zip(labels))
        {
            string[] words = row.Sentence.Split(' ');
            Assert.Equal(words.Length, predicted.Length);
            Assert.All(predicted, label => Assert.Contains(label, new[] { "", "PERSON", "CITY", "COUNTRY" }));
            Assert.All(words.Zip(predicted).Where(word => word.First is "," or "."), word => Assert.Equal("", word.Second));
        }
    }

    [Fact]
    public void Question_answering_runs_with_all_parameters_by_name()
    {
        (string[] answers, float[] score) = QuestionModel.TrainAndPredict(_ml);
        Assert.Equal(2, answers.Length);
        Assert.All(answers, answer => Assert.Contains(answer, "a great film", StringComparison.Ordinal));
        Assert.Equal(score.OrderDescending(), score);
    }
}
