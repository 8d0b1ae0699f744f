using Bert.MLNet.Experiments;

namespace Bert.MLNet.Tests.Experiments;

public sealed class OutcomeMetricTests
{
    private static readonly OutcomeMetric s_accuracy = new("Accuracy", true, rows => rows.Average(row => row[0])),
    s_error = new("Error", false, rows => rows.Average(row => row[0]));

    [Theory]
    [InlineData(100, 0.5)]
    [InlineData(400, 0.9)]
    public void The_standard_error_of_a_share_is_that_of_the_binomial_distribution(int count, double share)
    {
        double expected = Math.Sqrt(share * (1 - share) / count);
        Assert.InRange(s_accuracy.StandardError(Shares(count, share)) / expected, 0.85, 1.15);
    }

    [Fact]
    public void A_gain_of_an_error_grows_when_the_error_falls()
    {
        Assert.True(s_error.Gain(Shares(10, 0.1)) > s_error.Gain(Shares(10, 0.5)));
        Assert.Equal(-0.5, s_error.Gain(Shares(10, 0.5)), 1e-12);
    }

    /// <summary>Of two models that differ in one row of a hundred, each resample tells the same difference: draws of that row.</summary>
    [Fact]
    public void Resamples_of_the_same_rows_are_paired()
    {
        double[][] one = Shares(100, 0.5), other = [.. one.SkipLast(1), [1 - one[^1][0]]];
        double[] differences = [.. s_accuracy.Replicates(one).Zip(s_accuracy.Replicates(other), (a, b) => a - b)];
        Assert.All(differences, difference => Assert.Equal(Math.Round(difference * 100), difference * 100, 1e-9));
        Assert.InRange(OutcomeMetric.Deviation(differences), 0.005, 0.02); // 0.01, where unpaired ones have 0.07
    }

    private static double[][] Shares(int count, double share) =>
        [.. Enumerable.Range(0, count).Select(i => new double[] { i < count * share ? 1 : 0 })];
}
