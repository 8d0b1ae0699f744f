namespace Bert.MLNet.Training;

/// <summary>The Gauss-Legendre rule for integrals from 0 to 1, exact for polynomials of degree 2 × points − 1.</summary>
internal static class GaussLegendre
{
    // Each step doubles the number of correct digits.
    private const int Steps = 6;

    /// <summary>Computes the points in ascending order, and their weights, which add up to 1.</summary>
    /// <param name="count">The number of points, at least 1.</param>
    public static (double[] Points, double[] Weights) Rule(int count)
    {
        double[] points = new double[count], weights = new double[count];
        for (int i = 0; i < count; i++)
        {
            // Newton's method finds the roots of the Legendre polynomial, from -1 to 1, from this approximation of them.
            double x = -Math.Cos(Math.PI * (i + 0.75) / (count + 0.5)), slope = 1;
            for (int step = 0; step < Steps; step++)
            {
                (double value, slope) = Legendre(count, x);
                x -= value / slope;
            }
            (points[i], weights[i]) = ((x + 1) / 2, 1 / ((1 - x * x) * slope * slope));
        }
        return (points, weights);
    }

    // The polynomial and its derivative, by the recurrence (n + 1) P(n + 1) = (2n + 1) x P(n) - n P(n - 1).
    private static (double Value, double Slope) Legendre(int degree, double x)
    {
        (double before, double value) = (0, 1);
        for (int n = 0; n < degree; n++)
            (before, value) = (value, ((2 * n + 1) * x * value - n * before) / (n + 1));
        return (value, degree * (x * value - before) / (x * x - 1));
    }
}
