using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

public class PrincipalComponentsTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(10), InlineData(33)]
    public void Directions_are_orthonormal_and_eigenvectors_in_the_order_of_eigenvalues(int size)
    {
        var random = new Random(size);
        float[][] vectors = [.. Enumerable.Range(0, 2 * size).Select(_ =>
            Enumerable.Range(0, size).Select(i => i == 2 ? 0 : random.NextSingle() - 0.5f).ToArray())];
        double[,] products = new double[size, size];
        foreach (float[] vector in vectors)
        {
            for (int row = 0; row < size; row++)
            {
                for (int column = 0; column < size; column++)
                    products[row, column] += (double)vector[row] * vector[column];
            }
        }

        float[][] directions = PrincipalComponents.Directions(vectors, size, threads: 2);
        double last = double.PositiveInfinity;
        foreach (float[] direction in directions)
        {
            double[] turned = [.. Enumerable.Range(0, size).Select(row =>
                Enumerable.Range(0, size).Sum(i => products[row, i] * direction[i]))];
            double value = Dot(turned, direction);
            Assert.True(value <= last + 1e-5);
            last = value;
            Assert.All(turned.Zip(direction), pair => Assert.Equal(value * pair.Second, pair.First, 1e-5));
            Assert.All(directions, other =>
                Assert.Equal(ReferenceEquals(other, direction) ? 1 : 0, Dot([.. other.Select(x => (double)x)], direction), 1e-6));
        }
        Assert.Equal(size, directions.Length);
    }

    private static double Dot(double[] x, float[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
