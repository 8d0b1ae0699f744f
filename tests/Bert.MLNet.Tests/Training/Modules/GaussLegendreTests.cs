using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public sealed class GaussLegendreTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(8), InlineData(50), InlineData(1000)]
    public void Integrals_of_powers_are_exact_up_to_twice_the_number_of_points(int count)
    {
        (double[] points, double[] weights) = GaussLegendre.Rule(count);
        Assert.Equal(points.Order(), points);
        Assert.All(points, point => Assert.InRange(point, 0, 1));
        for (int power = 0; power < 2 * count; power += Math.Max(1, count / 10))
            Assert.Equal(1.0 / (power + 1), points.Zip(weights, (point, weight) => weight * Math.Pow(point, power)).Sum(), 1e-10);
        double beyond = points.Zip(weights, (point, weight) => weight * Math.Pow(point, 2 * count)).Sum();
        Assert.True(count > 10 || Math.Abs(beyond - 1.0 / (2 * count + 1)) > 1e-12);
    }
}
