using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Bert.MLNet.Training;

/// <summary>
/// The gradient of a table of which a batch looks up few rows: their sums, instead of a matrix of the table's size that is zero elsewhere. It also knows which rows have
/// ever had a gradient: of all others the optimiser's means are zero, and stay it.
/// </summary>
internal sealed class SparseGradient
{
    private readonly int _width;
    private readonly Reach[] _reach;
    private readonly int[] _places; // of a row's sum; -1 where there is none
    private readonly float[] _none;
    private readonly List<int> _rows = [];
    private float[] _sums = [];

    /// <param name="rows">Rows of the table.</param>
    /// <param name="width">Columns of the table.</param>
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

    /// <summary>Whether the row has a gradient, or has had one.</summary>
    public bool IsReached(int row) => _reach[row] != Reach.Never;

    /// <summary>Whether the row has a gradient, and had none before.</summary>
    public bool IsNew(int row) => _reach[row] == Reach.ForTheFirstTime;

    /// <summary>Goes on where another training stopped.</summary>
    /// <param name="mean">The running mean of gradients so far.</param>
    /// <param name="square">The running mean of their squares.</param>
    public void Resume(ReadOnlySpan<float> mean, ReadOnlySpan<float> square)
    {
        for (int row = 0; row < _reach.Length; row++)
            _reach[row] = mean.Slice(row * _width, _width).ContainsAnyExcept(0f) || square.Slice(row * _width, _width).ContainsAnyExcept(0f) ? Reach.Before : Reach.Never;
    }

    /// <summary>All rows have had one, from another batch.</summary>
    public void ReachAll() => Array.Fill(_reach, Reach.Before);

    /// <summary>Takes the place of the last gradient: adds up what each row gets, in the order in which the lookups came.</summary>
    /// <param name="gradient">Sparse, with rows in any order and more than once.</param>
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

    /// <summary>The gradient of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => _places[row] < 0 ? _none : Sum(row);

    /// <summary>The sum of the squares of some rows' gradients.</summary>
    public double SumOfSquares(Range rows)
    {
        double sum = 0;
        for (int row = rows.Start.Value; row < rows.End.Value; row++)
            sum += _places[row] < 0 ? 0 : TensorPrimitives.SumOfSquares<float>(Sum(row));
        return sum;
    }

    private Span<float> Sum(int row) => _sums.AsSpan(_places[row] * _width, _width);
}
