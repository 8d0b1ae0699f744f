using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.SentenceSimilarity;

[Collection(UsesTorch.Name)]
public sealed class SentenceSimilarityTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Scores_of_pairs_are_learnt_on_the_scale_of_the_label_and_kept_in_a_checkpoint()
    {
        SentenceSimilarityTrainer trainer = _ml.Regression.Trainers.SentenceSimilarity(ToyLanguage.Model(), new() { LabelColumnName = "Similarity", MaxEpochs = 16, BatchSize = 16, LearningRate = 4e-3 });
        IDataView train = Data(240, seed: 1), test = Data(60, seed: 2);
        using BertCrossEncoderTransformer fitted = trainer.Fit(train);
        IDataView result = fitted.Transform(test);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), result.Schema);
        Assert.InRange(_ml.Regression.Evaluate(result, "Similarity").RSquared, 0.5, 1);

        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal(("regression", 1), (opened.Config.ProblemType, opened.Config.NumLabels));
        using BertCrossEncoderTransformer again = _ml.Transforms.Text.ApplyBertCrossEncoder("Score", "Sentence1", "Sentence2", opened).Fit(test);
        Assert.Equal(result.GetColumn<float>("Score"), again.Transform(test).GetColumn<float>("Score"));
    }

    [Fact]
    public void Rows_without_a_number_are_left_out_and_data_of_such_rows_alone_are_refused()
    {
        Pair[] rows = [new() { Sentence1 = "good", Sentence2 = "good", Similarity = float.NaN }, new() { Sentence1 = "a", Sentence2 = "b", Similarity = 1 }];
        SentenceSimilarityTrainer trainer = _ml.Regression.Trainers.SentenceSimilarity("Similarity", maxEpochs: 1, model: ToyLanguage.Model());
        using BertCrossEncoderTransformer fitted = trainer.Fit(_ml.Data.LoadFromEnumerable(rows));
        Assert.All(fitted.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Exception error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(rows.Take(1))));
        Assert.Contains("'Similarity'", error.Message, StringComparison.Ordinal);
    }

    // The score of a pair is the higher, the more of its two texts are good: 1, 3 or 5.
    private IDataView Data(int count, int seed) => _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Zip(ToyLanguage.Texts(count, seed + 100))
        .Select(pair => new Pair { Sentence1 = pair.First.Text, Sentence2 = pair.Second.Text, Similarity = 1 + 2 * (pair.First.Label + pair.Second.Label) }).ToArray());

    private sealed class Pair
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Similarity { get; set; }
    }
}
