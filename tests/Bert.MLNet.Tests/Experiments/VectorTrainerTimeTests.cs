using Bert.MLNet.Experiments;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>ML.NET's trainers at the end of the time, on a clock that only they move.</summary>
public sealed class VectorTrainerTimeTests
{
    private const double Limit = 100;

    /// <summary>Of 2,500 rows, 2,000 are for training: the second trainer needs 200 seconds for them, and 25 for a tenth of all.</summary>
    [Fact]
    public void A_trainer_is_left_out_if_a_tenth_of_many_rows_shows_that_it_takes_too_long()
    {
        Found found = Search(2500, first: 0.001, second: 0.1);
        Assert.Equal("n-grams, SDCA", found.Best.Name);
        Assert.Contains("about 250 seconds", Assert.IsType<TimeoutException>(found.Trials[1].Error).Message, StringComparison.Ordinal);
        Assert.Equal([(VectorAlgorithm.Sdca, 2000), (VectorAlgorithm.Lbfgs, 250), (VectorAlgorithm.Sdca, 2500)], found.Trainings);
        Assert.InRange(found.Seconds, 25, 30);
    }

    [Fact]
    public void A_trainer_that_is_fast_enough_takes_part_and_wins()
    {
        Found found = Search(2500, first: 0.001, second: 0.002);
        Assert.Equal("n-grams, LBFGS, L2 1", found.Best.Name);
        Assert.Null(found.Trials[1].Error);
    }

    [Fact]
    public void A_trainer_is_stopped_at_the_end_and_the_best_so_far_is_kept()
    {
        // 0.8 seconds for each fold, and then 160 for the first one, at whose end there would be no time for the last training.
        Found found = Search(100, first: 0.01, second: 2);
        Assert.Equal("n-grams, SDCA", found.Best.Name);
        Assert.IsType<OperationCanceledException>(found.Trials[1].Error, exactMatch: false);
        Assert.Equal((VectorAlgorithm.Sdca, 100), found.Trainings[^1]);
        Assert.Single(found.Trainings, training => training.Algorithm == VectorAlgorithm.Lbfgs);
    }

    [Fact]
    public void The_first_trainer_is_never_stopped()
    {
        Found found = Search(100, first: 2, second: 2); // 160 seconds for a fold
        Assert.Equal("n-grams, SDCA", found.Best.Name);
        Assert.Equal(20, found.Best.Rows().Length); // those of the first fold
        Assert.Equal([(VectorAlgorithm.Sdca, 80), (VectorAlgorithm.Sdca, 100)], found.Trainings);
    }

    private static Found Search(int rows, double first, double second)
    {
        var time = new SteppedClock();
        var task = new SimulatedVectorTask(time, first, second);
        var ml = new MLContext(seed: 1);
        IDataView view = ml.Data.Cache(
            ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => new Row { Text = i % 2 == 0 ? "a" : "b", Label = i % 2 })));
        ExperimentData data = ExperimentData.Divide(view, task.Labels(view), null, folds: null, seed: 1);
        var clock = new ExperimentClock(time, TimeSpan.FromSeconds(Limit), TestContext.Current.CancellationToken);
        using var runner = new ExperimentRunner(
            task, data, [], new TextClassificationExperimentSettings { FineTunes = false }, clock, seed: 1, progress: null);
        runner.Run();
        (Trial best, _, _) = runner.Finish();
        return new(best, runner.Trials, task.Trainings, clock.Seconds);
    }

    private sealed record Found(
        Trial Best, IReadOnlyList<Trial> Trials, IReadOnlyList<(VectorAlgorithm Algorithm, int Rows)> Trainings, double Seconds);

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public float Label { get; set; }
    }
}
