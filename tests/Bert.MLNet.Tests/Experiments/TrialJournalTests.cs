using Bert.MLNet.Experiments;

namespace Bert.MLNet.Tests.Experiments;

public sealed class TrialJournalTests
{
    [Fact]
    public void A_fold_is_restored_with_its_outcomes_and_its_temperature_if_it_was_trained_so_far()
    {
        using var folder = new TemporaryFolder();
        using Trial written = new("a training", null) { Seconds = 5, MillisecondsPerPrediction = 0.5 };
        written.Set(0, [[0, 1, 0.25, 0.75]], temperature: 1.75);
        new TrialJournal(folder.Path, "rows").Add(written, fold: 0, share: 0.5);

        var journal = new TrialJournal(folder.Path, "rows");
        using Trial read = new("a training", null), other = new("another", null);
        Assert.False(journal.Restore(read, fold: 0, share: 1));
        Assert.False(journal.Restore(other, fold: 0, share: 0.5));
        Assert.Empty(read.Folds);
        Assert.True(journal.Restore(read, fold: 0, share: 0.5));
        Assert.Equal(written.Folds, read.Folds);
        Assert.Equal(1.75, read.Temperature, 1e-9);
        Assert.Equal((5, 0.5), (read.Seconds, read.MillisecondsPerPrediction));
    }

    [Fact]
    public void The_temperature_of_a_trial_is_the_geometric_mean_of_those_of_its_folds()
    {
        using Trial trial = new("a training", null);
        Assert.Equal(1, trial.Temperature);
        trial.Set(0, [], temperature: 9);
        trial.Set(1, [], temperature: 8);
        trial.Set(0, [], temperature: 2); // of a later stage
        Assert.Equal(4, trial.Temperature, 1e-9);
    }
}
