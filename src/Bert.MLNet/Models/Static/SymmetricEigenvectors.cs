namespace Bert.MLNet.Models;

/// <summary>
/// Computes the eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal matrix and the QL iteration
/// with implicit shifts (Bowdler, Martin, Reinsch and Wilkinson, 1968, Numerische Mathematik 11, 293–306).
/// </summary>
internal sealed class SymmetricEigenvectors
{
    private const double Epsilon = 2.220446049250313e-16;

    private readonly int _size;
    private readonly double[,] _vectors;
    private readonly double[] _values, _sides;

    /// <param name="matrix">The matrix, of which only the lower triangle is read. It is overwritten.</param>
    public SymmetricEigenvectors(double[,] matrix)
    {
        _size = matrix.GetLength(0);
        _vectors = matrix;
        (_values, _sides) = (new double[_size], new double[_size]);
        Reduce();
        Iterate();
    }

    /// <summary>The eigenvalues, in no order.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>A value of an eigenvector of length 1.</summary>
    /// <param name="vector">The index of its eigenvalue.</param>
    /// <param name="row">The index of the value.</param>
    public double this[int vector, int row] => _vectors[row, vector];

    /// <summary>Turns the matrix into a tridiagonal one and accumulates the transformations.</summary>
    private void Reduce()
    {
        double[] d = _values, e = _sides;
        double[,] v = _vectors;
        int n = _size;
        for (int j = 0; j < n; j++)
            d[j] = v[n - 1, j];
        for (int i = n - 1; i > 0; i--)
        {
            double scale = 0, h = 0;
            for (int k = 0; k < i; k++)
                scale += Math.Abs(d[k]);
            if (scale == 0)
            {
                e[i] = d[i - 1];
                for (int j = 0; j < i; j++)
                {
                    d[j] = v[i - 1, j];
                    v[i, j] = v[j, i] = 0;
                }
            }
            else
            {
                for (int k = 0; k < i; k++)
                {
                    d[k] /= scale;
                    h += d[k] * d[k];
                }
                double f = d[i - 1], g = f > 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
                e[i] = scale * g;
                h -= f * g;
                d[i - 1] = f - g;
                Reflect(i, h);
            }
            d[i] = h;
        }
        Accumulate();
    }

    /// <summary>Applies the reflection of a row to the rows before it.</summary>
    private void Reflect(int i, double h)
    {
        double[] d = _values, e = _sides;
        double[,] v = _vectors;
        Array.Clear(e, 0, i);
        for (int j = 0; j < i; j++)
        {
            double f = d[j], g = v[j, j] * f + e[j];
            v[j, i] = f;
            for (int k = j + 1; k < i; k++)
            {
                g += v[k, j] * d[k];
                e[k] += v[k, j] * f;
            }
            e[j] = g;
        }
        double sum = 0;
        for (int j = 0; j < i; j++)
        {
            e[j] /= h;
            sum += e[j] * d[j];
        }
        double half = sum / (h + h);
        for (int j = 0; j < i; j++)
            e[j] -= half * d[j];
        for (int j = 0; j < i; j++)
        {
            (double f, double g) = (d[j], e[j]);
            for (int k = j; k < i; k++)
                v[k, j] -= f * e[k] + g * d[k];
            d[j] = v[i - 1, j];
            v[i, j] = 0;
        }
    }

    private void Accumulate()
    {
        double[] d = _values;
        double[,] v = _vectors;
        int n = _size;
        for (int i = 0; i < n - 1; i++)
        {
            v[n - 1, i] = v[i, i];
            v[i, i] = 1;
            double h = d[i + 1];
            if (h != 0)
            {
                for (int k = 0; k <= i; k++)
                    d[k] = v[k, i + 1] / h;
                for (int j = 0; j <= i; j++)
                {
                    double g = 0;
                    for (int k = 0; k <= i; k++)
                        g += v[k, i + 1] * v[k, j];
                    for (int k = 0; k <= i; k++)
                        v[k, j] -= g * d[k];
                }
            }
            for (int k = 0; k <= i; k++)
                v[k, i + 1] = 0;
        }
        for (int j = 0; j < n; j++)
        {
            d[j] = v[n - 1, j];
            v[n - 1, j] = 0;
        }
        v[n - 1, n - 1] = 1;
        _sides[0] = 0;
    }

    /// <summary>Makes the tridiagonal matrix diagonal.</summary>
    private void Iterate()
    {
        double[] d = _values, e = _sides;
        int n = _size;
        for (int i = 1; i < n; i++)
            e[i - 1] = e[i];
        e[n - 1] = 0;
        double shift = 0, largest = 0;
        for (int l = 0; l < n; l++)
        {
            largest = Math.Max(largest, Math.Abs(d[l]) + Math.Abs(e[l]));
            int m = l;
            while (m < n - 1 && Math.Abs(e[m]) > Epsilon * largest)
                m++;
            while (m > l && Math.Abs(e[l]) > Epsilon * largest)
            {
                double g = d[l], p = (d[l + 1] - g) / (2 * e[l]), r = Hypotenuse(p, 1);
                if (p < 0)
                    r = -r;
                d[l] = e[l] / (p + r);
                d[l + 1] = e[l] * (p + r);
                double h = g - d[l];
                for (int i = l + 2; i < n; i++)
                    d[i] -= h;
                shift += h;
                Step(l, m, d[l + 1]);
            }
            d[l] += shift;
            e[l] = 0;
        }
    }

    /// <summary>Performs one QL transformation of the rows from <paramref name="l"/> to <paramref name="m"/>.</summary>
    private void Step(int l, int m, double next)
    {
        double[] d = _values, e = _sides;
        double[,] v = _vectors;
        double p = d[m], c = 1, c2 = 1, c3 = 1, s = 0, s2 = 0, side = e[l + 1];
        for (int i = m - 1; i >= l; i--)
        {
            (c3, c2, s2) = (c2, c, s);
            double g = c * e[i], h = c * p, r = Hypotenuse(p, e[i]);
            e[i + 1] = s * r;
            s = e[i] / r;
            c = p / r;
            p = c * d[i] - s * g;
            d[i + 1] = h + s * (c * g + s * d[i]);
            for (int k = 0; k < _size; k++)
            {
                h = v[k, i + 1];
                v[k, i + 1] = s * v[k, i] + c * h;
                v[k, i] = c * v[k, i] - s * h;
            }
        }
        p = -s * s2 * c3 * side * e[l] / next;
        e[l] = s * p;
        d[l] = c * p;
    }

    private static double Hypotenuse(double x, double y) => Math.Sqrt(x * x + y * y);
}
