using Bert.MLNet.Experiments;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>When a training is ended because there is not enough time for it.</summary>
public sealed class FineTuningRunTests
{
    private const int Updates = 200, SlowUpdates = 6;

    [Fact]
    public void A_few_slow_batches_at_the_start_do_not_end_a_training()
    {
        // 11 seconds of training, for which five batches let 40 expect.
        (FineTuningRun run, double seconds) = Train(update => update <= SlowUpdates ? 0.2 : 0.05, limit: 45);
        using (run)
        {
            Assert.False(run.IsTooSlow);
            Assert.Equal(1, run.Done);
            Assert.InRange(run.SecondsOfAll!.Value, 10, 11.5);
            Assert.Equal(10.9, seconds, 1e-3);
        }
    }

    [Fact]
    public void A_training_for_which_there_is_no_time_ends_after_a_small_part_of_it()
    {
        (FineTuningRun run, double seconds) = Train(_ => 0.2, limit: 45);
        using (run)
        {
            Assert.True(run.IsTooSlow);
            Assert.Equal(40, run.SecondsOfAll!.Value, 1e-3);
            Assert.InRange(seconds, 2, 2.5);
        }
    }

    /// <summary>Trains until the run ends it, and reserves the time for training on a quarter more rows.</summary>
    private static (FineTuningRun Run, double Seconds) Train(Func<int, double> seconds, double limit)
    {
        var time = new SteppedClock();
        var clock = new ExperimentClock(time, TimeSpan.FromSeconds(limit), TestContext.Current.CancellationToken);
        var run = new FineTuningRun(clock, share: 1, reserve: 1.25, reserved: 0);
        for (int update = 1; update <= Updates && !run.Token.IsCancellationRequested; update++)
        {
            time.Advance(seconds(update));
            run.Report(new TrainingProgress
            {
                Epoch = 1,
                Step = update,
                Done = (double)update / Updates,
                Loss = 0,
                LearningRate = 0,
                MetricName = "",
                RowsPerSecond = 0,
                EstimatedTimeRemaining = TimeSpan.Zero,
            });
        }
        return (run, clock.Seconds);
    }
}
