using Bert.MLNet.Experiments;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

[Collection(UsesTorch.Name)]
public sealed class ClassificationTaskTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_training_is_calibrated_by_rows_that_it_has_not_learnt_and_so_is_the_same_on_all_rows()
    {
        var task = new ClassificationTask(new TextClassificationExperimentSettings { Sentence1ColumnName = "Text" }, seed: 1);
        IDataView train = task.Prepare(_ml, Data(160, seed: 3)), test = task.Prepare(_ml, Data(160, seed: 4));
        var contender = new FineTuningContender(FineTuningKind.Whole) { Model = ToyLanguage.Model(), RateFactor = 4 };
        ITransformer model = FineTune(contender);
        double sure = ClassificationTask.LogLoss(task.Outcomes(model.Transform(test)));
        (double[][] outcomes, double temperature) = task.Calibrated(contender, model.Transform(test));
        double calibrated = ClassificationTask.LogLoss(outcomes);
        Assert.True(sure > Math.Log(2), $"{sure}: a third of the labels are wrong, so a sure model is worse than guessing.");
        Assert.InRange(calibrated, 0.5, Math.Log(2));
        Assert.InRange(temperature, 1.5, 100);

        using var kept = (BertClassifierTransformer)task.Calibrate(model, temperature);
        using var again = (BertClassifierTransformer)FineTune(contender with { Temperature = temperature });
        foreach (ITransformer other in new[] { kept, again })
            Assert.Equal(calibrated, ClassificationTask.LogLoss(task.Outcomes(other.Transform(test))), 1e-3);

        ITransformer FineTune(FineTuningContender training)
        {
            var clock = new ExperimentClock(TimeProvider.System, null, TestContext.Current.CancellationToken);
            using var run = new FineTuningRun(clock, share: 1, reserve: 0, reserved: 0);
            return task.FineTune(_ml, training, run, epochs: 40, train);
        }
    }

    private IDataView Data(int count, int seed) => _ml.Data.LoadFromEnumerable(ToyLanguage.Doubtful(count, seed));
}
