using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, 0), InlineData(0.05, 1), InlineData(0.1, 2), InlineData(0.55, 1), InlineData(1, 0), InlineData(1.2, 0)]
    public void The_rate_rises_to_its_peak_and_falls_to_zero(double progress, double expected) =>
        Assert.Equal(expected, new LearningRateSchedule(2, 0.1).At(progress), 1e-12);

    [Fact]
    public void Without_warm_up_it_starts_at_the_peak() => Assert.Equal(3, new LearningRateSchedule(3, 0).At(0));
}
