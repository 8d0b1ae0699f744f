using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

/// <summary>Calibrated classifiers, beside the same training without calibration.</summary>
[Collection(UsesTorch.Name)]
public sealed class CalibrationTests
{
    private readonly MLContext _ml = new(1);

    [Fact]
    public void Calibration_divides_all_logits_and_mends_probabilities_that_are_too_sure()
    {
        IDataView train = Data(160, seed: 3), validation = Data(160, seed: 4);
        (float[] Scores, bool[] Labels, double LogLoss) plain = Train(calibrate: false), calibrated = Train(calibrate: true);
        Assert.Equal(plain.Labels, calibrated.Labels);
        float ratio = plain.Scores[0] / calibrated.Scores[0];
        Assert.InRange(ratio, 1.5, 100);
        Assert.All(plain.Scores.Zip(calibrated.Scores), score => Assert.Equal(score.First, ratio * score.Second, 1e-3f));
        Assert.True(plain.LogLoss > 1.1, $"{plain.LogLoss}: a third of the labels are wrong, so a sure model is worse than guessing.");
        Assert.InRange(calibrated.LogLoss, 0.8, 1.0); // guessing has 1

        (float[], bool[], double) Train(bool calibrate)
        {
            using BertClassifierTransformer fitted = _ml.BinaryClassification.Trainers.TextClassification(
                new TextClassificationBinaryTrainer.Options
                {
                    Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", MaxEpochs = 30, LearningRate = 4e-3, Dropout = 0,
                    EarlyStoppingPatience = null, ValidationSet = validation, Calibrate = calibrate,
                }).Fit(train);
            IDataView scored = fitted.Transform(validation);
            CalibratedBinaryClassificationMetrics metrics = _ml.BinaryClassification.Evaluate(scored);
            return ([.. scored.GetColumn<float>("Score")], [.. scored.GetColumn<bool>("PredictedLabel")], metrics.LogLoss);
        }
    }

    // A third of the labels are wrong, so what is learned by heart is too sure.
    private IDataView Data(int count, int seed)
    {
        var random = new Random(seed);
        return _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed)
            .Select(row => new Input { Text = row.Text, Label = row.Label == 1 ^ random.NextDouble() < 1.0 / 3 }).ToArray());
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
