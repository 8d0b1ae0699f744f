using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Bert.MLNet.Models;

/// <summary>Projects vectors onto the directions in which they differ most: principal component analysis.</summary>
internal static class PrincipalComponents
{
    // A row of blocks is summed up by one thread, so that the result does not depend on their number.
    private const int BlockRows = 512;

    /// <summary>Subtracts the mean of the vectors and projects them.</summary>
    /// <param name="vectors">The vectors, all of one size.</param>
    /// <param name="dimension">The number of components to keep, at most the size.</param>
    /// <param name="threads">The number of threads.</param>
    /// <returns>The projections, the component with the largest variance first.</returns>
    public static float[][] Project(float[][] vectors, int dimension, int threads)
    {
        int size = vectors[0].Length;
        double[] mean = new double[size];
        foreach (float[] vector in vectors)
        {
            for (int i = 0; i < size; i++)
                mean[i] += vector[i];
        }
        float[] center = [.. mean.Select(sum => (float)(sum / vectors.Length))];
        Workers.Share(vectors.Length, threads, (_, i) => TensorPrimitives.Subtract(vectors[i], center, vectors[i]));
        float[][] components = Directions(vectors, dimension, threads);
        float[][] projected = new float[vectors.Length][];
        Workers.Share(vectors.Length, threads, (_, i) =>
            projected[i] = [.. components.Select(component => TensorPrimitives.Dot(vectors[i], component))]);
        return projected;
    }

    /// <summary>
    /// Computes the orthonormal directions that preserve the dot products of vectors best: the eigenvectors of Σ x·xᵀ with the largest
    /// eigenvalues (Eckart and Young, 1936). The mean is not subtracted.
    /// </summary>
    /// <inheritdoc cref="Project"/>
    /// <returns>The directions, the one with the largest eigenvalue first.</returns>
    public static float[][] Directions(float[][] vectors, int dimension, int threads)
    {
        int size = vectors[0].Length;
        Evd<double> eigen = DenseMatrix.OfArray(Products(vectors, size, threads)).Evd(Symmetricity.Symmetric);
        return
        [
            .. Enumerable.Range(0, size).OrderByDescending(i => eigen.EigenValues[i].Real).Take(dimension)
                .Select(i => eigen.EigenVectors.Column(i).Select(value => (float)value).ToArray()),
        ];
    }

    /// <summary>The matrix of the sums of products, Σ x·xᵀ.</summary>
    private static double[,] Products(float[][] vectors, int size, int threads)
    {
        float[][] columns = new float[size][];
        Workers.Share(size, threads, (_, column) => columns[column] = [.. vectors.Select(vector => vector[column])]);
        double[,] products = new double[size, size];
        Workers.Share(size, threads, (_, row) =>
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = 0;
                for (int start = 0; start < vectors.Length; start += BlockRows)
                {
                    int count = Math.Min(BlockRows, vectors.Length - start);
                    sum += TensorPrimitives.Dot<float>(columns[row].AsSpan(start, count), columns[column].AsSpan(start, count));
                }
                products[row, column] = products[column, row] = sum;
            }
        });
        return products;
    }
}
