using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Tests.Tasks.FineTuning;

/// <summary>Trainers with <c>LstmSize</c>.</summary>
[Collection(UsesTorch.Name)]
public sealed class LstmTrainingTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_are_classified_and_a_further_training_keeps_the_LSTM_or_replaces_it()
    {
        TextClassificationTrainer.Options options = new()
        {
            LabelColumnName = "Name", LstmSize = 8, MaxEpochs = 15, BatchSize = 16, LearningRate = 4e-3,
            EarlyStoppingPatience = null,
            Model = ToyLanguage.Model(),
        };
        IDataView data = Texts(300, seed: 3), test = Texts(100, seed: 9);
        using BertClassifierTransformer fitted = _ml.MulticlassClassification.Trainers.TextClassification(options).Fit(data);
        Assert.Equal(8, fitted.Model.Config.ClassifierLstmSize);
        Assert.InRange(_ml.MulticlassClassification.Evaluate(fitted.Transform(test), "Name").MicroAccuracy, 0.9, 1);

        _ml.Model.Save(fitted, data.Schema, _folder["model.zip"]);
        ITransformer loaded = _ml.Model.Load(_folder["model.zip"], out _);
        Assert.Equal(fitted.Transform(test).GetColumn<float[]>("Score"), loaded.Transform(test).GetColumn<float[]>("Score"));
        (loaded as IDisposable)!.Dispose();

        foreach ((int? size, int expected) in new (int?, int)[] { (null, 8), (3, 3), (0, 0) })
        {
            using BertClassifierTransformer again = _ml.MulticlassClassification.Trainers.TextClassification(options with
            {
                Model = fitted.Model, LstmSize = size, MaxEpochs = 1, LearningRate = 1e-9,
            }).Fit(Texts(20, seed: 4));
            Assert.Equal(expected, again.Model.Config.ClassifierLstmSize);
            double accuracy = _ml.MulticlassClassification.Evaluate(again.Transform(test), "Name").MicroAccuracy;
            Assert.Equal(size is null, accuracy > 0.9);
        }
    }

    [Fact]
    public void Entities_are_found()
    {
        IDataView Words(int count, int seed) => _ml.Data.LoadFromEnumerable(
            ToyEntities.Sentences(count, seed).Select(row => new { Sentence = string.Join(' ', row.Words), Label = row.Tags }).ToArray());
        using var model = _ml.Transforms.Conversion.MapValueToKey("Label").Append(
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(new NamedEntityRecognitionTrainer.Options
            {
                LstmSize = 16, MaxEpochs = 15, BatchSize = 16, LearningRate = 5e-3, EarlyStoppingPatience = null,
                Model = ToyLanguage.Model(),
            })).Fit(Words(400, seed: 3));
        Assert.InRange(_ml.MulticlassClassification.EvaluateNamedEntities(model.Transform(Words(100, seed: 9))).Micro.F1Score, 0.9, 1);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Refused(() => _ml.MulticlassClassification.Trainers.TextClassification(
            new TextClassificationTrainer.Options { Model = ToyLanguage.Model(), LstmSize = -1 }));
        Refused(() => _ml.MulticlassClassification.Trainers.NamedEntityRecognition(
            new NamedEntityRecognitionTrainer.Options { Model = ToyLanguage.Model(), LstmSize = int.MaxValue }));
        Refused(() => _ml.BinaryClassification.Trainers.TextClassification(
            new TextClassificationBinaryTrainer.Options { Model = ToyLanguage.Model(), LstmSize = 4, FewShot = new() }));

        static void Refused(Func<object> create) => Assert.Contains(
            nameof(TextClassificationTrainer.Options.LstmSize), Assert.ThrowsAny<ArgumentException>(create).Message,
            StringComparison.Ordinal);
    }

    private IDataView Texts(int count, int seed)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed, classes: 3).Select(row => new
        {
            Sentence1 = row.Text, Name = row.Label switch { 0 => "bad", 1 => "good", _ => "neither" },
        }).ToArray());
        return _ml.Transforms.Conversion.MapValueToKey("Name", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(data).Transform(data);
    }
}
