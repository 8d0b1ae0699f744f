using Bert.MLNet.Tests.Persistence;
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
        SentenceSimilarityTrainer trainer =
            _ml.Regression.Trainers.SentenceSimilarity(
                new() { Model = ToyLanguage.Model(), LabelColumnName = "Similarity", MaxEpochs = 16, BatchSize = 16, LearningRate = 4e-3 });
        IDataView train = Data(240, seed: 1), test = Data(60, seed: 2);
        using BertTransformer fitted = trainer.Fit(train);
        IDataView result = fitted.Transform(test);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), result.Schema);
        Assert.InRange(_ml.Regression.Evaluate(result, "Similarity").RSquared, 0.5, 1);

        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal(("regression", 1), (opened.Config.ProblemType, opened.Config.NumLabels));
        using BertCrossEncoderTransformer again =
            _ml.Transforms.Text.ApplyBertCrossEncoder("Score", "Sentence1", "Sentence2", opened).Fit(test);
        Assert.Equal(result.GetColumn<float>("Score"), again.Transform(test).GetColumn<float>("Score"));
    }

    [Fact]
    public void Rows_without_a_number_are_left_out_and_data_of_such_rows_alone_are_refused()
    {
        Pair[] rows = [new() { Sentence1 = "good", Sentence2 = "good", Similarity = float.NaN },
            new() { Sentence1 = "a", Sentence2 = "b", Similarity = 1 }];
        SentenceSimilarityTrainer trainer =
            _ml.Regression.Trainers.SentenceSimilarity("Similarity", maxEpochs: 1, model: ToyLanguage.Model());
        using BertTransformer fitted = trainer.Fit(_ml.Data.LoadFromEnumerable(rows));
        Assert.All(fitted.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score"),
            score => Assert.True(float.IsFinite(score)));
        Exception error = Assert.Throws<InvalidOperationException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(rows.Take(1))));
        Assert.Contains("'Similarity'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bi_encoder_learns_the_cosine_of_vectors_that_its_folder_gives_for_search()
    {
        SentenceSimilarityTrainer trainer =
            _ml.Regression.Trainers.SentenceSimilarity(BiEncoder(maxEpochs: 12) with { Model = ToyLanguage.Model() });
        IDataView train = Alike(240, seed: 1), test = Alike(60, seed: 2);
        using var fitted = (BertBiEncoderTransformer)trainer.Fit(train);
        IDataView result = fitted.Transform(test);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), result.Schema);
        Assert.Equal((1, 5), (fitted.MinimumLabel, fitted.MaximumLabel));
        Assert.InRange(_ml.Regression.Evaluate(result, "Similarity").RSquared, 0.5, 1);

        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        Assert.Contains("sentence_transformers.models.Pooling", File.ReadAllText(folder["saved/modules.json"]), StringComparison.Ordinal);
        Assert.Contains("\"similarity_fn_name\": \"cosine\"", File.ReadAllText(folder["saved/config_sentence_transformers.json"]),
            StringComparison.Ordinal);
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal(["BertModel"], opened.Config.Architectures);
        float[][] first = Vectors(opened, test, "Sentence1"), second = Vectors(opened, test, "Sentence2");
        float[] scores = [.. result.GetColumn<float>("Score")];
        for (int i = 0; i < scores.Length; i++)
            Assert.Equal(1 + 4 * Cosine(first[i], second[i]), scores[i], 1e-5);

        _ml.Model.Save(fitted, test.Schema, folder["model.zip"]);
        string[] lines = ["so good\tgreat", "bad\tlove", "\t"];
        IDataView few = _ml.Data.LoadFromEnumerable(
            lines.Select(line => line.Split('\t')).Select(texts => new Pair { Sentence1 = texts[0], Sentence2 = texts[1] }));
        Assert.Equal(fitted.Transform(few).GetColumn<float>("Score"),
            FreshProcess.Run(folder["model.zip"], lines, "Score").Select(values => values[0]));
    }

    [Theory]
    [InlineData("DistilBertModel"), InlineData("MPNetModel"), InlineData("RobertaModel")]
    [InlineData("ModernBertModel"), InlineData("DebertaV2Model"), InlineData("NomicBertModel")]
    public void A_bi_encoder_keeps_the_way_of_its_checkpoint_to_vectors(string architecture)
    {
        BertModel model = ToyLanguage.Model(architecture).WithSentence(new BertSentenceOptions
        {
            Pooling = BertPooling.Cls | BertPooling.Mean, Normalize = true, DefaultPromptName = "like",
            Prompts = new Dictionary<string, string> { ["like"] = "the " },
        });
        SentenceSimilarityTrainer.Options options = BiEncoder(maxEpochs: 1) with { MaxLength = 12, MinimumLabel = 0, MaximumLabel = 6 };
        IDataView data = Alike(40, seed: 1);
        using var fitted = (BertBiEncoderTransformer)_ml.Regression.Trainers.SentenceSimilarity(options with { Model = model }).Fit(data);
        Assert.Equal(
            model.Sentence with { MaxSequenceLength = 12, Similarity = BertSimilarity.Cosine, Source = fitted.Model.Sentence.Source },
            fitted.Model.Sentence);
        float[][] first = Vectors(fitted.Model, data, "Sentence1"), second = Vectors(fitted.Model, data, "Sentence2");
        Assert.All(fitted.Transform(data).GetColumn<float>("Score").Index(),
            score => Assert.Equal(6 * Cosine(first[score.Index], second[score.Index]), score.Item, 1e-5));
    }

    [Fact]
    public void Modules_after_pooling_are_trained_and_saved_with_the_checkpoint()
    {
        BertModel model = ToyLanguage.Model();
        model = model.WithSentence(SentenceModules.Options(model.Config.HiddenSize));
        IDataView data = Alike(200, seed: 1);
        using var fitted = (BertBiEncoderTransformer)_ml.Regression.Trainers
            .SentenceSimilarity(BiEncoder(maxEpochs: 2) with { Model = model }).Fit(data);
        Assert.All(model.Sentence.Layers.Zip(fitted.Model.Sentence.Layers), pair => Assert.Equal(pair.First.Kind, pair.Second.Kind));
        Assert.All(model.Sentence.Layers.Zip(fitted.Model.Sentence.Layers).Where(pair => pair.First.Tensors.Count > 0),
            pair => Assert.NotEqual(pair.First, pair.Second));

        using var temporary = new TemporaryFolder();
        fitted.Model.SavePretrained(temporary.Path);
        BertModel saved = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(fitted.Model.ContentHash, saved.ContentHash);
        Assert.DoesNotContain(saved.Weights!.Names, name => name.StartsWith("sentence", StringComparison.Ordinal));
        float[][] first = Vectors(saved, data, "Sentence1"), second = Vectors(saved, data, "Sentence2");
        Assert.All(fitted.Transform(data).GetColumn<float>("Score").Index(),
            score => Assert.Equal(1 + 4 * Cosine(first[score.Index], second[score.Index]), score.Item, 1e-4));
    }

    [Fact]
    public void Labels_that_no_cosine_stands_for_are_named()
    {
        Assert.Contains("Row 1", Refused(BiEncoder(maxEpochs: 1) with { MinimumLabel = 0, MaximumLabel = 1 }, 1, 5).Message,
            StringComparison.Ordinal);
        Assert.Contains("MinimumLabel", Refused(BiEncoder(maxEpochs: 1), 3, 3).Message, StringComparison.Ordinal);
        SentenceSimilarityTrainer.Options both = BiEncoder(maxEpochs: 1) with { MinimumLabel = 5, MaximumLabel = 5 },
            cross = new() { MaximumLabel = 5 };
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.SentenceSimilarity(both with { Model = ToyLanguage.Model() }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.SentenceSimilarity(cross with { Model = ToyLanguage.Model() }));

        Exception Refused(SentenceSimilarityTrainer.Options options, params float[] labels)
        {
            IDataView data = _ml.Data.LoadFromEnumerable(
                labels.Select(label => new Pair { Sentence1 = "good", Sentence2 = "bad", Similarity = label }));
            return Assert.Throws<InvalidOperationException>(
                () => _ml.Regression.Trainers.SentenceSimilarity(options with { Model = ToyLanguage.Model() }).Fit(data));
        }
    }

    private static SentenceSimilarityTrainer.Options BiEncoder(int maxEpochs) => new()
    {
        LabelColumnName = "Similarity",
        BiEncoder = true,
        MaxEpochs = maxEpochs,
        BatchSize = 16,
        LearningRate = 4e-3,
    };

    private float[][] Vectors(BertModel model, IDataView data, string column)
    {
        using BertEmbeddingTransformer embedding = _ml.Transforms.Text.ApplyBertEmbedding("Vector", column, model).Fit(data);
        return [.. embedding.Transform(data).GetColumn<float[]>("Vector")];
    }

    private static double Cosine(float[] u, float[] v)
    {
        double uv = 0, uu = 0, vv = 0;
        for (int i = 0; i < u.Length; i++)
            (uv, uu, vv) = (uv + u[i] * v[i], uu + u[i] * u[i], vv + v[i] * v[i]);
        return uv / Math.Sqrt(uu * vv);
    }

    // Pairs are alike, 5, where both texts are good or both are bad; else 1.
    private IDataView Alike(int count, int seed) =>
        _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Zip(ToyLanguage.Texts(count, seed + 100))
        .Select(pair => new Pair { Sentence1 = pair.First.Text, Sentence2 = pair.Second.Text,
            Similarity = pair.First.Label == pair.Second.Label ? 5 : 1 }).ToArray());

    // The score of a pair is the higher, the more of its two texts are good: 1, 3 or 5.
    private IDataView Data(int count, int seed) =>
        _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Zip(ToyLanguage.Texts(count, seed + 100))
        .Select(pair => new Pair { Sentence1 = pair.First.Text, Sentence2 = pair.Second.Text, Similarity = 1 +
            2 * (pair.First.Label + pair.Second.Label) }).ToArray());

    private sealed class Pair
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Similarity { get; set; }
    }
}
