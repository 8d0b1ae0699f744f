using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Bert.MLNet.Training;

/// <summary>
/// The gradient of a table of which a batch looks up few rows. It stores the sums for these rows instead of a matrix of the table's
/// size that is zero elsewhere. It also tracks which rows have ever had a gradient: for all others, the optimizer's means are and
/// remain zero.
/// </summary>
internal sealed class SparseGradient
{
    private readonly int _width;
    private readonly Reach[] _reach;
    private readonly int[] _places; // index of a row's sum; -1 if there is none
    private readonly float[] _none;
    private readonly List<int> _rows = [];
    private float[] _sums = [];

    /// <param name="rows">The number of rows of the table.</param>
    /// <param name="width">The number of columns of the table.</param>
    public SparseGradient(int rows, int width)
    {
        _width = width;
        _reach = new Reach[rows];
        _places = new int[rows];
        _none = new float[width];
        Array.Fill(_places, -1);
    }

    private enum Reach : byte
    {
        Never,
        ForTheFirstTime,
        Before,
    }

    /// <summary>Returns whether the row has or has had a gradient.</summary>
    public bool IsReached(int row) => _reach[row] != Reach.Never;

    /// <summary>Returns whether the row has a gradient for the first time.</summary>
    public bool IsNew(int row) => _reach[row] == Reach.ForTheFirstTime;

    /// <summary>Resumes from the state of an interrupted training.</summary>
    /// <param name="mean">The running mean of gradients so far.</param>
    /// <param name="square">The running mean of their squares.</param>
    public void Resume(ReadOnlySpan<float> mean, ReadOnlySpan<float> square)
    {
        for (int row = 0; row < _reach.Length; row++)
        {
            bool wasReached = mean.Slice(row * _width, _width).ContainsAnyExcept(0f)
                || square.Slice(row * _width, _width).ContainsAnyExcept(0f);
            _reach[row] = wasReached ? Reach.Before : Reach.Never;
        }
    }

    /// <summary>Marks all rows as having had a gradient in another batch.</summary>
    public void ReachAll() => Array.Fill(_reach, Reach.Before);

    /// <summary>Replaces the previous gradient by the sums of each row's gradients, in the order of the lookups.</summary>
    /// <param name="gradient">A sparse gradient, with rows in any order and possibly repeated.</param>
    public void Read(torch.Tensor gradient)
    {
        foreach (int row in _rows)
            (_places[row], _reach[row]) = (-1, Reach.Before);
        _rows.Clear();
        using torch.Tensor indices = gradient.SparseIndices.contiguous(), values = gradient.SparseValues.contiguous();
        ReadOnlySpan<float> summands = values.Values();
        ReadOnlySpan<long> lookups = MemoryMarshal.Cast<byte, long>(indices.bytes);
        if (_sums.Length < summands.Length)
            _sums = new float[summands.Length];
        for (int i = 0; i < lookups.Length; i++)
        {
            int row = (int)lookups[i];
            ReadOnlySpan<float> summand = summands.Slice(i * _width, _width);
            if (_places[row] >= 0)
            {
                TensorPrimitives.Add(Sum(row), summand, Sum(row));
                continue;
            }
            _places[row] = _rows.Count;
            if (_reach[row] == Reach.Never)
                _reach[row] = Reach.ForTheFirstTime;
            _rows.Add(row);
            summand.CopyTo(Sum(row));
        }
    }

    /// <summary>Returns the gradient of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => _places[row] < 0 ? _none : Sum(row);

    /// <summary>Returns the sum of the squares of some rows' gradients.</summary>
    public double SumOfSquares(Range rows)
    {
        double sum = 0;
        for (int row = rows.Start.Value; row < rows.End.Value; row++)
            sum += _places[row] < 0 ? 0 : TensorPrimitives.SumOfSquares<float>(Sum(row));
        return sum;
    }

    private Span<float> Sum(int row) => _sums.AsSpan(_places[row] * _width, _width);
}
