using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

public class SymmetricEigenvectorsTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(10), InlineData(33)]
    public void Eigenvectors_are_orthonormal_and_scaled_by_the_matrix(int size)
    {
        var random = new Random(size);
        double[,] matrix = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
                matrix[row, column] = matrix[column, row] = row == 2 ? 0 : random.NextDouble() - 0.5;
        }
        var eigenvectors = new SymmetricEigenvectors((double[,])matrix.Clone());
        for (int vector = 0; vector < size; vector++)
        {
            for (int row = 0; row < size; row++)
            {
                double product = Enumerable.Range(0, size).Sum(column => matrix[row, column] * eigenvectors[vector, column]);
                Assert.Equal(eigenvectors.Values[vector] * eigenvectors[vector, row], product, 1e-12);
            }
            for (int other = 0; other < size; other++)
            {
                double product = Enumerable.Range(0, size).Sum(row => eigenvectors[vector, row] * eigenvectors[other, row]);
                Assert.Equal(vector == other ? 1 : 0, product, 1e-12);
            }
        }
    }
}
