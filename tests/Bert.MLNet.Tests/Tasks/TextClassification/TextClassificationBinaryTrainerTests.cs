using Bert.MLNet.Tests.Persistence;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

[Collection(UsesTorch.Name)]
public sealed class TextClassificationBinaryTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void What_is_learnt_is_evaluated_by_ML_NET_and_kept_in_files()
    {
        IDataView train = Data(240, seed: 3), test = Data(60, seed: 9);
        TextClassificationBinaryTrainer trainer =
            _ml.BinaryClassification.Trainers.TextClassification(Options(maxEpochs: 14) with { Model = ToyLanguage.Model() });
        using BertClassifierTransformer fitted = trainer.Fit(train);
        IDataView result = fitted.Transform(test);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), result.Schema);
        CalibratedBinaryClassificationMetrics metrics = _ml.BinaryClassification.Evaluate(result);
        Assert.InRange(metrics.Accuracy, 0.95, 1);
        Assert.InRange(metrics.AreaUnderRocCurve, 0.98, 1);
        Assert.InRange(metrics.LogLoss, 0, 0.3);

        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        // The same labels as HuggingFace's classes see them: a softmax over False and True.
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal(("single_label_classification", "False", "True"),
            (opened.Config.ProblemType, opened.Config.Id2Label[0], opened.Config.Id2Label[1]));
        using BertClassifierTransformer classes = _ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", opened).Fit(test);
        Output[] rows = [.. _ml.Data.CreateEnumerable<Output>(result, reuseRowObject: false)];
        Assert.All(rows.Zip(classes.Transform(test).GetColumn<float[]>("Score")), row =>
        {
            Assert.Equal(row.Second[1], row.First.Probability, 1e-6f);
            Assert.Equal(Math.Log(row.Second[1] / row.Second[0]), row.First.Score, 1e-3);
            Assert.Equal(row.Second[1] >= 0.5f, row.First.PredictedLabel);
        });

        _ml.Model.Save(fitted, test.Schema, folder["model.zip"]);
        string[] texts = ["so good", "bad", ""];
        Assert.Equal(Probabilities(fitted, texts), FreshProcess.Run(folder["model.zip"], texts, "Probability").Select(values => values[0]));
    }

    [Fact]
    public void Cross_validation_works()
    {
        TextClassificationBinaryTrainer trainer =
            _ml.BinaryClassification.Trainers.TextClassification(sentence1ColumnName: "Text", maxEpochs: 1, model: ToyLanguage.Model());
        var folds = _ml.BinaryClassification.CrossValidate(Data(60, seed: 4), trainer, numberOfFolds: 2);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.Accuracy, 0, 1));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        IDataView data = Data(20, seed: 3), keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        TextClassificationBinaryTrainer trainer =
            _ml.BinaryClassification.Trainers.TextClassification(Options() with { Model = ToyLanguage.Model() });
        Assert.Contains("Boolean", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(keys)).Message, StringComparison.Ordinal);
        IDataView one = _ml.Data.FilterRowsByColumn(
            _ml.Transforms.Conversion.ConvertType("Number", "Label").Fit(data).Transform(data), "Number", lowerBound: 1);
        TextClassificationBinaryTrainer.Options twice = Options() with { ProbabilityColumnName = "Score" };
        Assert.Contains("'Score'",
            Assert.Throws<ArgumentException>(
            () => _ml.BinaryClassification.Trainers.TextClassification(twice with { Model = ToyLanguage.Model() })).Message,
                StringComparison.Ordinal);
        Assert.Contains("'True'", Assert.Throws<InvalidOperationException>(() => trainer.Fit(one)).Message, StringComparison.Ordinal);
    }

    private static TextClassificationBinaryTrainer.Options Options(int maxEpochs = 1) => new()
    {
        Sentence1ColumnName = "Text",
        MaxEpochs = maxEpochs,
        LearningRate = 4e-3,
    };

    private IDataView Data(int count, int seed) =>
        _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(count, seed).Select(row => new Input { Text = row.Text, Label = row.Label == 1 }).ToArray());

    private float[] Probabilities(BertClassifierTransformer model, string[] texts) =>
        [.. model.Transform(_ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text }))).GetColumn<float>("Probability")];

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }

    private sealed class Output
    {
        public bool PredictedLabel { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }
    }
}
