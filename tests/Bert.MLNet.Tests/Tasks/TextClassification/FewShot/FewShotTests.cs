using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Tests.Tasks.TextClassification.FewShot;

[Collection(UsesTorch.Name)]
public sealed class FewShotTests : IDisposable
{
    private static readonly string[] s_names = ["bad", "good", "neither"];

    /// <summary>One training that several tests look at.</summary>
    private static readonly Lazy<BertClassifierTransformer> s_trained = new(() => Fit(Options(new() { Pairs = 1600 })));

    private static readonly MLContext s_ml = new(seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_learns_more_from_a_few_rows_than_a_head_over_untrained_vectors()
    {
        IDataView train = Data(30, seed: 3), test = Data(200, seed: 9);
        using var plain = s_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", ToyLanguage.Model(), normalize: true)
            .Append(s_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 0.3f, NumberOfThreads = 1 }))
            .Fit(train);
        double before = Accuracy(plain.Transform(test)), after = Accuracy(s_trained.Value.Transform(test));
        Assert.True(after > before + 0.15, $"{before:F3} of the head, {after:F3} of few-shot training");
    }

    [Fact]
    public void The_promised_schema_is_the_real_one()
    {
        IDataView data = Data(30, seed: 3);
        TextClassificationTrainer trainer = s_ml.MulticlassClassification.Trainers.TextClassification(Options(new()));
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), s_trained.Value.Transform(data).Schema);
        Assert.Equal(s_names.Order(), s_trained.Value.Labels.Order());
    }

    [Fact]
    public void A_saved_model_predicts_the_same()
    {
        IDataView data = Data(40, seed: 5);
        s_ml.Model.Save(s_trained.Value, data.Schema, _folder["model.zip"]);
        ITransformer loaded = s_ml.Model.Load(_folder["model.zip"], out _);
        using var disposable = loaded as IDisposable;
        Assert.Equal(Scores(s_trained.Value, data), Scores(loaded, data));
    }

    [Fact]
    public void The_checkpoint_is_one_of_sentence_transformers_whose_vectors_are_the_logits()
    {
        IDataView data = Data(40, seed: 5);
        s_trained.Value.Model.SavePretrained(_folder["saved"]);
        string modules = File.ReadAllText(_folder["saved/modules.json"]);
        Assert.Matches("(?s)models.Transformer.*models.Pooling.*models.Normalize.*models.Dense", modules);
        BertModel opened = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(["BertModel"], opened.Config.Architectures);
        Assert.Equal("single_label_classification", opened.Config.ProblemType);

        float[][] scores = Scores(s_trained.Value, data);
        using BertClassifierTransformer classifier = s_ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", opened).Fit(data);
        Assert.Equal(scores, Scores(classifier, data));
        using BertEmbeddingTransformer vectors = s_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", opened).Fit(data);
        foreach ((float[] logits, float[] row) in vectors.Transform(data).GetColumn<float[]>("Features").Zip(scores))
        {
            double sum = logits.Sum(logit => Math.Exp(logit));
            Assert.All(logits.Zip(row), label => Assert.Equal(Math.Exp(label.First) / sum, label.Second, 1e-5));
        }
    }

    [Fact]
    public void A_differentiable_head_fits_the_rows_better_than_the_logistic_one_that_it_starts_from()
    {
        IDataView train = Data(30, seed: 3);
        using BertClassifierTransformer fitted =
            Fit(Options(new() { Pairs = 1600, Head = BertFewShotHead.Differentiable }) with { MaxEpochs = 10, LabelSmoothing = 0.01 });
        double logistic = s_ml.MulticlassClassification.Evaluate(s_trained.Value.Transform(train)).LogLoss;
        double differentiable = s_ml.MulticlassClassification.Evaluate(fitted.Transform(train)).LogLoss;
        Assert.True(differentiable < 0.8 * logistic, $"{logistic:F3} of the logistic head, {differentiable:F3} of the differentiable one");
    }

    [Fact]
    public void The_result_depends_on_the_seed_and_not_on_the_number_of_threads()
    {
        IDataView data = Data(20, seed: 5);
        float[][][] scores = [.. new (int Seed, int Threads)[] { (1, 1), (1, 2), (2, 1) }.Select(run =>
        {
            using BertClassifierTransformer fitted =
                Fit(Options(new() { Pairs = 64 }) with { Seed = run.Seed, NumberOfThreads = run.Threads });
            return Scores(fitted, data);
        })];
        Assert.Equal(scores[0], scores[1]);
        Assert.NotEqual(scores[0], scores[2]);
    }

    [Fact]
    public void A_classifier_of_yes_and_no_is_trained_further_from_a_few_shot_classifier()
    {
        IDataView data = s_ml.Data.LoadFromEnumerable(ToyLanguage.Texts(30, seed: 6)
            .Select(row => new Flagged { Text = row.Text, Flag = row.Label == 1 }).ToArray());
        var options = new TextClassificationBinaryTrainer.Options
        {
            Model = s_trained.Value.Model, Sentence1ColumnName = "Text", LabelColumnName = "Flag", FewShot = new() { Pairs = 64 },
        };
        using BertClassifierTransformer fitted = s_ml.BinaryClassification.Trainers.TextClassification(options).Fit(data);
        Assert.Equal(["Normalize", "Dense"], fitted.Model.Sentence.Layers.Select(layer => layer.Kind));
        Assert.InRange(s_ml.BinaryClassification.Evaluate(fitted.Transform(data), "Flag").Accuracy, 0.8, 1);
    }

    [Fact]
    public void A_cancelled_training_is_a_classifier_after_its_first_update_and_an_error_before()
    {
        using var source = new CancellationTokenSource();
        List<long> steps = [];
        using BertClassifierTransformer fitted = Fit(Options(new() { Pairs = 640, Head = BertFewShotHead.Differentiable }) with
        {
            CancellationToken = source.Token, LoggingSteps = 1, Progress = new OnReport(report =>
            {
                steps.Add(report.Step);
                source.Cancel();
            }),
        });
        Assert.All(steps, step => Assert.Equal(1, step));
        Assert.All(Scores(fitted, Data(10, seed: 5)), scores => Assert.Equal(1, scores.Sum(), 1e-5f));
        Assert.Throws<OperationCanceledException>(() => Fit(Options(new()) with { CancellationToken = source.Token }));
    }

    [Fact]
    public void A_finished_training_is_not_repeated()
    {
        TextClassificationTrainer.Options options = Options(new() { Pairs = 64, Head = BertFewShotHead.Differentiable }) with
        {
            CheckpointFolder = _folder["checkpoints"], MaxEpochs = 2,
        };
        IDataView data = Data(20, seed: 5);
        using BertClassifierTransformer first = Fit(options);
        var reports = new List<TrainingProgress>();
        using BertClassifierTransformer second = Fit(options with { Progress = new OnReport(reports.Add) });
        Assert.Empty(reports);
        Assert.Equal(Scores(first, data), Scores(second, data));
    }

    [Fact]
    public void Rows_that_cannot_be_compared_are_named()
    {
        Input[] rows =
            [new() { Text = "good", Label = "good" }, new() { Text = "great", Label = "good" }, new() { Text = "bad", Label = "bad" }];
        Assert.Contains("The label 'bad' in column 'Label' has one row",
            Assert.Throws<InvalidOperationException>(() => Fit(Options(new()), rows)).Message, StringComparison.Ordinal);
        Assert.Contains("at least two labels",
            Assert.Throws<InvalidOperationException>(() => Fit(Options(new()), rows[..2])).Message, StringComparison.Ordinal);
        IDataView several = s_ml.Transforms.Conversion.MapValueToKey("Labels").Fit(Several()).Transform(Several());
        TextClassificationTrainer trainer =
            s_ml.MulticlassClassification.Trainers.TextClassification(Options(new()) with { LabelColumnName = "Labels" });
        Assert.Contains("requires one label for each row",
            Assert.Throws<ArgumentException>(() => trainer.Fit(several)).Message, StringComparison.Ordinal);

        IDataView Several() => s_ml.Data.LoadFromEnumerable([new SeveralInput { Text = "good", Labels = ["good", "known"] }]);
    }

    [Fact]
    public void Options_that_do_not_fit_are_named()
    {
        foreach ((string name, TextClassificationTrainer.Options options) in new (string, TextClassificationTrainer.Options)[]
        {
            ("Pairs", Options(new() { Pairs = 1 })), ("Sampling", Options(new() { Sampling = (BertFewShotSampling)9 })),
            ("Head", Options(new() { Head = (BertFewShotHead)9 })), ("L2Regularization", Options(new() { L2Regularization = 0 })),
            ("Sentence2ColumnName", Options(new()) with { Sentence2ColumnName = "Other" }),
        })
        {
            Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(() =>
                s_ml.MulticlassClassification.Trainers.TextClassification(options)).Message, StringComparison.Ordinal);
        }
        Assert.Contains("PairColumnName", Assert.Throws<ArgumentException>(() =>
            s_ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", s_trained.Value.Model, pairColumnName: "Other")).Message,
            StringComparison.Ordinal);
    }

    private static TextClassificationTrainer.Options Options(BertFewShotOptions few) => new()
    {
        Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", LearningRate = 3e-3, FewShot = few,
    };

    private static BertClassifierTransformer Fit(TextClassificationTrainer.Options options, Input[]? rows = null) =>
        s_ml.MulticlassClassification.Trainers.TextClassification(options).Fit(rows is null ? Data(30, seed: 3) : Keys(rows));

    private static IDataView Data(int count, int seed) =>
        Keys([.. ToyLanguage.Texts(count, seed, classes: 3).Select(row => new Input { Text = row.Text, Label = s_names[row.Label] })]);

    private static IDataView Keys(Input[] rows)
    {
        IDataView data = s_ml.Data.LoadFromEnumerable(rows);
        IDataView order = s_ml.Data.LoadFromEnumerable(s_names.Select(value => new { Value = value }));
        return s_ml.Transforms.Conversion.MapValueToKey("Label", keyData: order).Fit(data).Transform(data);
    }

    private static double Accuracy(IDataView scored) => s_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy;

    private static float[][] Scores(ITransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score")];

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Flagged
    {
        public string Text { get; set; } = "";

        public bool Flag { get; set; }
    }

    private sealed class SeveralInput
    {
        public string Text { get; set; } = "";

        public string[] Labels { get; set; } = [];
    }
}
