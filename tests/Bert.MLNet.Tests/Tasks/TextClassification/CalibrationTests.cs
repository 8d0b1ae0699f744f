using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

/// <summary>Calibrated classifiers, beside the same training without calibration.</summary>
[Collection(UsesTorch.Name)]
public sealed class CalibrationTests
{
    private static readonly TextClassificationBinaryTrainer.Options s_options = new()
    {
        Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", MaxEpochs = 30, LearningRate = 4e-3, Dropout = 0,
        EarlyStoppingPatience = null,
    };

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
                s_options with { ValidationSet = validation, Calibrate = calibrate }).Fit(train);
            IDataView scored = fitted.Transform(validation);
            CalibratedBinaryClassificationMetrics metrics = _ml.BinaryClassification.Evaluate(scored);
            return ([.. scored.GetColumn<float>("Score")], [.. scored.GetColumn<bool>("PredictedLabel")], metrics.LogLoss);
        }
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 1)]
    public void Without_validation_rows_logits_are_divided_by_the_given_temperature(bool calibrate, float divisor)
    {
        IDataView train = Data(40, seed: 3);
        TextClassificationBinaryTrainer.Options options = s_options with { MaxEpochs = 2, Calibrate = calibrate };
        float[] plain = Scores(options), divided = Scores(options with { CalibrationTemperature = 4 });
        Assert.All(plain.Zip(divided), score => Assert.Equal(score.First, divisor * score.Second, 1e-3f));

        float[] Scores(TextClassificationBinaryTrainer.Options trained)
        {
            using BertClassifierTransformer fitted = _ml.BinaryClassification.Trainers.TextClassification(trained).Fit(train);
            return [.. fitted.Transform(train).GetColumn<float>("Score")];
        }
    }

    private IDataView Data(int count, int seed) => _ml.Data.LoadFromEnumerable(ToyLanguage.Doubtful(count, seed));
}
