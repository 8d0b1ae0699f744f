using Bert.MLNet.Tasks;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

[Collection(UsesTorch.Name)]
public sealed class ScopeTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The centers are those of a plain loop over the logits of the training rows.</summary>
    [Theory]
    [InlineData(false, 0.9), InlineData(true, 0.75)]
    public void The_wanted_share_is_near_the_centers_of_the_labels(bool fewShot, double rate)
    {
        IDataView train = Data(60, seed: 3), validation = Data(40, seed: 7);
        using BertClassifierTransformer fitted = _ml.MulticlassClassification.Trainers.TextClassification(Options() with
        {
            ValidationSet = validation, InScopeRate = rate, InScopeMethod = BertScopeMethod.Distance,
            FewShot = fewShot ? new() { Pairs = 320 } : null,
        }).Fit(train);
        Assert.Null(fitted.ScopeThreshold);
        using BertClassifierTransformer logits = _ml.Transforms.Text.ApplyBertClassifier(
            new BertClassifierEstimator.Options { Model = fitted.Model, LogitsColumnName = "Logits" }).Fit(train);
        float[][] known = [.. logits.Transform(train).GetColumn<float[]>("Logits")];
        uint[] labels = [.. train.GetColumn<uint>("Label")];
        double[][] centers =
        [
            .. labels.Distinct().Select(label => Enumerable.Range(0, 3).Select(value =>
                known.Where((_, row) => labels[row] == label).Average(row => (double)row[value])).ToArray()),
        ];
        double[] distances =
        [
            .. logits.Transform(validation).GetColumn<float[]>("Logits").Select(row => centers.Min(center =>
                Math.Sqrt(row.Zip(center, (value, mean) => (value - mean) * (value - mean)).Sum()))),
        ];
        bool[] inScope = [.. fitted.Transform(validation).GetColumn<bool>("IsInScope")];
        Assert.Equal((int)(rate * 40), inScope.Count(value => value));
        Assert.Equal(distances.Order().ElementAt((int)(rate * 40) - 1), fitted.ScopeDistance!.Value, 1e-3);
        Assert.Equal(distances.Order().Take((int)(rate * 40)).Sum(), distances.Where((_, row) => inScope[row]).Sum(), 1e-2);

        _ml.Model.Save(fitted, validation.Schema, _folder["model.zip"]);
        var loaded = (BertClassifierTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        using (loaded)
        {
            Assert.Equal(fitted.ScopeDistance, loaded.ScopeDistance);
            Assert.Equal(inScope, loaded.Transform(validation).GetColumn<bool>("IsInScope"));
        }
    }

    [Fact]
    public void Damaged_centers_are_refused()
    {
        var centers = ClassCenters.Of([[1, 2], [3, 2], [0, 0]], [1, 1, 0]);
        Assert.Equal(Math.Sqrt(2), centers.Distance([1, 1]), 1e-6);
        Assert.Equal(1, centers.Distance([2, 3]), 1e-6);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        centers.Save(writer);
        byte[] bytes = stream.ToArray();
        Assert.Equal(1, Load(bytes).Distance([2, 3]), 1e-6);
        byte[][] damaged =
        [
            bytes[..^1], [3, 0, 0, 0, .. bytes[4..]], [0xFF, 0xFF, 0xFF, 0xFF, .. bytes[4..]],
            [.. bytes[..4], .. Enumerable.Repeat((byte)0xFF, 16)],
        ];
        Assert.All(damaged, file =>
            Assert.Contains("damaged", Assert.Throws<FormatException>(() => Load(file)).Message, StringComparison.Ordinal));

        static ClassCenters Load(byte[] file) => ClassCenters.Load(new BinaryReader(new MemoryStream(file)), 2);
    }

    [Theory]
    [InlineData(false, 0.9), InlineData(true, 0.75)]
    public void The_wanted_share_of_validation_rows_is_in_scope(bool fewShot, double rate)
    {
        IDataView train = Data(60, seed: 3), validation = Data(40, seed: 7);
        TextClassificationTrainer trainer = _ml.MulticlassClassification.Trainers.TextClassification(Options() with
        {
            ValidationSet = validation, InScopeRate = rate, FewShot = fewShot ? new() { Pairs = 320 } : null,
        });
        using BertClassifierTransformer fitted = trainer.Fit(train);
        IDataView result = fitted.Transform(validation);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(validation.Schema)), result.Schema);
        float[][] scores = [.. result.GetColumn<float[]>("Score")];
        bool[] inScope = [.. result.GetColumn<bool>("IsInScope")];
        Assert.Equal(scores.Select(row => row.Max() >= fitted.ScopeThreshold), inScope);
        Assert.Equal((int)(rate * 40), inScope.Count(value => value));
        Assert.Equal(scores.Select(row => (uint)Array.IndexOf(row, row.Max()) + 1), result.GetColumn<uint>("PredictedLabel"));

        _ml.Model.Save(fitted, validation.Schema, _folder["model.zip"]);
        var loaded = (BertClassifierTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        using (loaded)
        {
            Assert.Equal(fitted.ScopeThreshold, loaded.ScopeThreshold);
            Assert.Equal(inScope, loaded.Transform(validation).GetColumn<bool>("IsInScope"));
        }
    }

    [Fact]
    public void A_classifier_of_yes_and_no_says_so_too()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(60, seed: 3).Select(row => new Input { Text = row.Text, Flag = row.Label == 1 }).ToArray());
        var options = new TextClassificationBinaryTrainer.Options
        {
            Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", LabelColumnName = "Flag", MaxEpochs = 4, LearningRate = 4e-3,
            ValidationFraction = 0.5, InScopeRate = 0.8, InScopeColumnName = "Sure",
        };
        using BertClassifierTransformer fitted = _ml.BinaryClassification.Trainers.TextClassification(options).Fit(data);
        IDataView result = fitted.Transform(data);
        float least = fitted.ScopeThreshold!.Value - 1e-6f; // the threshold itself is a row's probability
        Assert.Equal(
            result.GetColumn<float>("Probability").Select(p => Math.Max(p, 1 - p) >= least), result.GetColumn<bool>("Sure"));
        Assert.Contains(false, result.GetColumn<bool>("Sure"));
    }

    [Fact]
    public void A_threshold_can_be_given_to_any_classifier_of_one_label()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["a", "b", "c"] }.Load();
        IDataView data = Data(20, seed: 3);
        var options = new BertClassifierEstimator.Options { Model = model };
        using BertClassifierTransformer without = _ml.Transforms.Text.ApplyBertClassifier(options).Fit(data);
        Assert.Null(without.Transform(data).Schema.GetColumnOrNull("IsInScope"));
        float[] largest = [.. without.Transform(data).GetColumn<float[]>("Score").Select(scores => scores.Max())];
        float median = largest.Order().ElementAt(10);
        using BertClassifierTransformer with = _ml.Transforms.Text.ApplyBertClassifier(options with { ScopeThreshold = median }).Fit(data);
        Assert.Equal(largest.Select(score => score >= median), with.Transform(data).GetColumn<bool>("IsInScope"));
    }

    [Fact]
    public void Options_that_do_not_fit_are_named()
    {
        foreach ((string name, TextClassificationTrainer.Options options) in new (string, TextClassificationTrainer.Options)[]
        {
            ("InScopeRate is 0;", new() { InScopeRate = 0, ValidationFraction = 0.5 }),
            ("InScopeRate is 1.5;", new() { InScopeRate = 1.5, ValidationFraction = 0.5 }),
            ("ValidationFraction", new() { InScopeRate = 0.9 }),
            ("InScopeMethod is 7;", new() { InScopeRate = 0.9, InScopeMethod = (BertScopeMethod)7, ValidationFraction = 0.5 }),
            ("'Score'", new() { InScopeRate = 0.9, ValidationFraction = 0.5, InScopeColumnName = "Score" }),
        })
            Contains(name, Assert.ThrowsAny<ArgumentException>(() => Trainer(options)));
        TextClassificationTrainer empty = Trainer(new()
        {
            Sentence1ColumnName = "Text", InScopeRate = 0.9, ValidationSet = _ml.Data.SkipRows(Data(4, seed: 3), 4),
        });
        Contains("no validation rows", Assert.Throws<InvalidOperationException>(() => empty.Fit(Data(10, seed: 3))));

        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["a", "b", "c"] }.Load();
        foreach (BertClassifierEstimator.Options options in new BertClassifierEstimator.Options[]
        {
            new() { ScopeThreshold = 1.5f }, new() { ScopeThreshold = float.NaN },
            new() { ScopeThreshold = 0.5f, ProblemType = BertProblemType.MultiLabelClassification },
            new() { ScopeThreshold = 0.5f, ProblemType = BertProblemType.Regression },
        })
        {
            Contains("ScopeThreshold", Assert.Throws<ArgumentException>(() =>
                _ml.Transforms.Text.ApplyBertClassifier(options with { Model = model })));
        }

        TextClassificationTrainer Trainer(TextClassificationTrainer.Options options) =>
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() });

        static void Contains(string name, Exception error) => Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9, 10, 9), InlineData(1, 10, 10), InlineData(0.001, 10, 1), InlineData(0.55, 100, 55), InlineData(0.75, 3, 3)]
    public void As_many_rows_reach_the_threshold_as_are_wanted(double rate, int rows, int accepted)
    {
        float[] probabilities = [.. Enumerable.Range(0, rows).Select(i => i * 37 % 101 / 101f)];
        float threshold = ScopeThreshold.Of(probabilities, rate);
        Assert.Equal(accepted, probabilities.Count(value => value >= threshold));
    }

    private static TextClassificationTrainer.Options Options() => new()
    {
        Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", MaxEpochs = 4, LearningRate = 4e-3,
    };

    private IDataView Data(int count, int seed)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(count, seed, classes: 3).Select(row => new Input { Text = row.Text, Label = $"{row.Label}" }).ToArray());
        IDataView order = _ml.Data.LoadFromEnumerable(new[] { "0", "1", "2" }.Select(value => new { Value = value }));
        return _ml.Transforms.Conversion.MapValueToKey("Label", keyData: order).Fit(data).Transform(data);
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";

        public bool Flag { get; set; }
    }
}
