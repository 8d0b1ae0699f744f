using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class LearningRateCurveTests
{
    [Theory]
    [InlineData(0, 0), InlineData(0.05, 1), InlineData(0.1, 2), InlineData(0.55, 1), InlineData(1, 0), InlineData(1.2, 0)]
    public void The_rate_rises_to_its_peak_and_falls_to_zero(double progress, double expected) =>
        Assert.Equal(expected, new LearningRateCurve(2, 0.1).At(progress), 1e-12);

    [Fact]
    public void Without_warm_up_it_starts_at_the_peak() => Assert.Equal(3, new LearningRateCurve(3, 0).At(0));

    [Theory]
    [InlineData(0.05), InlineData(0.1), InlineData(0.2), InlineData(0.55), InlineData(0.9), InlineData(1), InlineData(1.2)]
    public void A_cosine_falls_as_HuggingFaces_does_and_a_constant_stays(double progress)
    {
        const double Peak = 2, Warmup = 0.1;
        // get_cosine_schedule_with_warmup: half a wave over what follows the warm-up.
        double done = Math.Min(1, (progress - Warmup) / (1 - Warmup));
        double cosine = progress < Warmup ? Peak * progress / Warmup : Peak * 0.5 * (1 + Math.Cos(Math.PI * done));
        Assert.Equal(cosine, new LearningRateCurve(Peak, Warmup, BertLearningRateSchedule.Cosine).At(progress), 1e-12);
        Assert.Equal(Math.Min(1, progress / Warmup) * Peak,
            new LearningRateCurve(Peak, Warmup, BertLearningRateSchedule.Constant).At(progress), 1e-12);
    }

    [Theory]
    [InlineData(BertLearningRateSchedule.Cosine), InlineData(BertLearningRateSchedule.Constant),
        InlineData(BertLearningRateSchedule.Linear)]
    public void A_trainer_goes_by_the_schedule_of_its_options(BertLearningRateSchedule schedule)
    {
        var ml = new MLContext(seed: 1);
        var reports = new List<TrainingProgress>();
        var options = new TextClassificationBinaryTrainer.Options
        {
            Sentence1ColumnName = "Text", MaxEpochs = 2, BatchSize = 8, LearningRate = 1e-3, WarmupRatio = 0.2,
            LearningRateSchedule = schedule, LoggingSteps = 1, Progress = new OnReport(reports.Add),
        };
        IDataView data = ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(40, seed: 5).Select(row => new Input { Text = row.Text, Label = row.Label == 1 }).ToArray());
        ml.BinaryClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data).Dispose();
        // Update n of 10 is made when n − 1 of them are done; an epoch's end, which is reported too, has the rate of what is done.
        double[] rates = [.. reports.GroupBy(report => report.Step).OrderBy(step => step.Key).Select(step => step.First().LearningRate)];
        double[] expected = [.. Enumerable.Range(0, 10).Select(n => n / 10.0)
            .Select(done => 1e-3 * (done < 0.2 ? done / 0.2 : schedule switch
        {
            BertLearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * (done - 0.2) / 0.8)),
            BertLearningRateSchedule.Constant => 1,
            _ => 1 - (done - 0.2) / 0.8,
        }))];
        Assert.Equal(expected.Length, rates.Length);
        Assert.All(expected.Zip(rates), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
