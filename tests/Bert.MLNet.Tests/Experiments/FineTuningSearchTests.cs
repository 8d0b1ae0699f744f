using Bert.MLNet.Experiments;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>How a search spends its time, on a clock that only trainings move.</summary>
public sealed class FineTuningSearchTests
{
    /// <summary>A fold of 400 updates takes 2 seconds.</summary>
    private const double SecondsPerRow = 2.0 / (1200 * 11);

    private static readonly BertModel s_model = new TinyCheckpoint().Load();

    [Theory]
    [InlineData(1500)] // cross-validated
    [InlineData(2500)] // one validation part
    public void No_search_takes_more_than_its_time_and_the_best_is_trained_on_all_rows(int rows) =>
        Assert.All([5.0, 15, 40, 90, 200, 600], seconds =>
        {
            Found found = Search(rows, seconds, Hill);
            Assert.InRange(found.Seconds, 0, seconds + SimulatedTask.SecondsOfPrediction);
            Assert.True(found.IsOfAllRows);
            Assert.Equal(rows, found.TrainedRows);
        });

    [Theory]
    [InlineData(1500)]
    [InlineData(2500)]
    public void More_time_finds_a_better_model(int rows)
    {
        double[] qualities = [.. new double[] { 5, 15, 90, 600 }.Select(seconds => Search(rows, seconds, Hill))
            .Select(found => Hill(found.Best, found.Best.Epochs(rows * 4 / 5)))];
        Assert.Equal(qualities.Order(), qualities);
        Assert.Equal(qualities.Length, qualities.Distinct().Count());
    }

    [Theory]
    [InlineData(1500, 400)]
    [InlineData(2500, 600)]
    public void Time_that_is_left_goes_to_variants_until_none_is_better(int rows, double seconds)
    {
        Found found = Search(rows, seconds, Hill);
        // The top of the hill has no rate, layer-wise rates or batches of the trainings that every search begins with.
        Assert.Equal(
            (4, 0.8, 16, 60),
            (found.Best.RateFactor, found.Best.LayerwiseDecay, found.Best.BatchSize, found.Best.Epochs(rows * 4 / 5)));
        Assert.Equal(found.Best, Search(rows, 100 * seconds, Hill).Best);
        Assert.InRange(Search(rows, 100 * seconds, Hill).Seconds, 0, 2 * seconds);
    }

    [Fact]
    public void A_training_that_is_too_long_for_its_stage_is_tried_when_there_is_time_left()
    {
        // A quarter of the time is for the first fold of all trainings, and the longest, of 11 seconds, would exceed it.
        Found found = Search(1500, 100, (_, epochs) => epochs);
        Assert.Equal(60, found.Best.Epochs(1200));
        Assert.Null(found.Trials.Single(trial => trial.Contender == found.Best).Error);
        Assert.InRange(found.Seconds, 50, 100);
    }

    [Fact]
    public void A_variant_that_is_clearly_worse_is_given_up_after_one_fold()
    {
        Found found = Search(1500, 1000, (contender, _) =>
            contender is { Updates: 400, RateFactor: 2, LayerwiseDecay: 1, FreezeEmbeddings: false } ? 2 : 1);
        Trial[] variants = [.. found.Trials.Skip(7)];
        Assert.Equal(4, variants.Length); // twice the rate, twice the updates, layer-wise rates, and half the batch
        Assert.All(variants, trial => Assert.Single(trial.Folds));
        Assert.Equal(5, found.Trials.Single(trial => trial.Contender == found.Best).Folds.Count);
    }

    [Theory]
    [InlineData(1500, 1)] // cross-validated: the first fold is a whole training
    [InlineData(2500, 2)] // a quarter of a training, and then a whole one
    public void A_kind_that_is_clearly_worse_waits_until_nothing_else_is_better(int rows, int attempts)
    {
        FineTuningKind[] kinds = [FineTuningKind.BiEncoder, FineTuningKind.CrossEncoder];
        double Quality(FineTuningContender contender, int epochs) =>
            Hill(contender, epochs) - (contender.Kind == FineTuningKind.CrossEncoder ? 2 : 0);

        Found hurried = Search(rows, 40, Quality, kinds), patient = Search(rows, 4000, Quality, kinds);
        Assert.Contains(hurried.Trials, trial => trial.Error is TimeoutException error && error.Message.Contains("clearly worse"));
        Assert.Equal(Search(rows, 4000, Quality, [kinds[0]]).Best, patient.Best);
        Assert.All(patient.Trials, trial => Assert.True(trial.HasOutcomes));
        string[] reported = [.. patient.Reported.Select(run => run.TrainerName)];
        string[] last = reported[(Array.FindLastIndex(reported, name => name.StartsWith(kinds[0].Name, StringComparison.Ordinal)) + 1)..];
        Assert.Equal(patient.Trials.Where(IsOfCrossEncoder).Skip(attempts).Select(trial => trial.Name), last);

        bool IsOfCrossEncoder(Trial trial) => trial.Name.StartsWith(kinds[1].Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(2500)]
    public void A_training_is_only_reported_again_when_its_metric_or_its_error_is_new(int rows) => Assert.All([15.0, 40, 200], seconds =>
    {
        Found found = Search(rows, seconds, Hill);
        Assert.Distinct(found.Reported.Select(run => (run.TrainerName, run.Metric, run.ValidationRows, run.Exception)));
    });

    [Fact]
    public void Without_a_time_limit_only_the_trainings_of_the_plan_are_compared() =>
        Assert.Equal(7, Search(1500, null, Hill).Trials.Count);

    /// <summary>Grows with the epochs, and is highest for a rate of 4 with layer-wise rates and batches of 16 rows.</summary>
    private static double Hill(FineTuningContender contender, int epochs) =>
        epochs / (epochs + 10.0) - 0.1 * Math.Abs(Math.Log2(contender.RateFactor / 4)) + (contender.LayerwiseDecay < 1 ? 0.05 : 0)
        - 0.05 * Math.Abs(Math.Log2(contender.BatchSize / 16.0));

    private static Found Search(
        int rows, double? seconds, Func<FineTuningContender, int, double> quality, IReadOnlyList<FineTuningKind>? kinds = null)
    {
        var time = new SteppedClock();
        var task = new SimulatedTask(time, SecondsPerRow, quality) { Kinds = kinds ?? [FineTuningKind.Whole] };
        var ml = new MLContext(seed: 1);
        IDataView view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new Row { Index = i }).ToArray());
        ExperimentData data = ExperimentData.Divide(view, task.Labels(view), null, folds: null, seed: 1);
        var clock = new ExperimentClock(
            time, seconds is { } limit ? TimeSpan.FromSeconds(limit) : null, TestContext.Current.CancellationToken);
        var reported = new List<BertRunDetail>();
        using var runner = new ExperimentRunner(
            task, data, [(s_model, "")], new TextClassificationExperimentSettings { Precision = BertPrecision.Full }, clock, seed: 1,
            new OnReport<BertRunDetail>(reported.Add));
        runner.Run();
        (Trial best, ITransformer model, bool isOfAllRows) = runner.Finish();
        (model as IDisposable)?.Dispose();
        return new((FineTuningContender)best.Contender!, isOfAllRows, clock.Seconds, task.TrainedRows, runner.Trials, reported);
    }

    private sealed record Found(
        FineTuningContender Best, bool IsOfAllRows, double Seconds, int TrainedRows, IReadOnlyList<Trial> Trials,
        IReadOnlyList<BertRunDetail> Reported);

    private sealed class Row
    {
        public float Index { get; set; }
    }
}
