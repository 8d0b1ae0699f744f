using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv:1711.05101) in one pass over the parameters' own memory.
/// TorchSharp's implementation takes several times as long. Biases and LayerNorm are not decayed. Sparse gradients of tables change
/// all rows, as dense ones do.
/// </summary>
internal sealed class AdamW
{
    private const int BlockLength = 1 << 16;

    private readonly Slot[] _slots;
    private readonly (Slot Slot, Range Rows)[] _blocks;
    private readonly AdamWOptions _options;
    private readonly ParallelOptions _parallel;

    /// <param name="parameters">The parameters to train.</param>
    /// <param name="options">The constants of the optimizer.</param>
    /// <param name="rate">Returns the factor of a parameter's learning rate, given its name. Default: 1.</param>
    /// <param name="threads">The number of threads that compute an update; -1 for one for each core of the machine.</param>
    public AdamW(
        IEnumerable<(string Name, Parameter Parameter)> parameters,
        AdamWOptions options,
        Func<string, double>? rate = null,
        int threads = -1)
    {
        _options = options;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _slots = [.. parameters.Select(p => new Slot(p.Name, p.Parameter, rate?.Invoke(p.Name) ?? 1))];
        _blocks = [.. _slots.SelectMany(slot => slot.Blocks().Select(rows => (slot, rows)))];
    }

    /// <summary>The number of updates so far.</summary>
    public long Steps { get; set; }

    /// <summary>The running means of the gradients and of their squares for each parameter, as stored in a checkpoint.</summary>
    public IEnumerable<(string Name, float[] Mean, float[] Square)> State =>
        _slots.Select(slot => (slot.Name, slot.Mean, slot.Square));

    /// <summary>
    /// Makes one update and removes the gradients. If their norm is above <paramref name="maxGradNorm"/>, the gradients are scaled
    /// down together. The next backward pass sets gradients instead of adding to them; a parameter that it does not reach has a
    /// gradient of zero.
    /// </summary>
    /// <returns>The Euclidean norm of all gradients before scaling.</returns>
    /// <exception cref="InvalidOperationException">A parameter has no gradient and never had one.</exception>
    /// <exception cref="NotFiniteNumberException">A gradient is not finite. Nothing has been changed.</exception>
    public double Step(double learningRate, double maxGradNorm = double.PositiveInfinity)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Slot slot in _slots)
            slot.FetchGradient(isFirst: Steps == 0);
        double norm = GradientNorm();
        if (!double.IsFinite(norm))
            throw new NotFiniteNumberException("The gradients are not finite.", norm);
        Steps++;
        double gradientScale = norm > maxGradNorm ? maxGradNorm / norm : 1;
        Parallel.For(0, _blocks.Length, _parallel, i =>
            _blocks[i].Slot.Apply(new Update(_options, Steps, learningRate * _blocks[i].Slot.Rate, gradientScale), _blocks[i].Rows));
        foreach (Slot slot in _slots)
            slot.DropGradient();
        return norm;
    }

    private double GradientNorm()
    {
        double[] squares = new double[_blocks.Length];
        Parallel.For(0, _blocks.Length, _parallel, i => squares[i] = _blocks[i].Slot.SquaredGradient(_blocks[i].Rows));
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>A parameter as rows of a matrix, with its optimizer state. A vector is one row.</summary>
    private sealed class Slot
    {
        private readonly Parameter _parameter;
        private readonly int _rows, _width;
        private readonly bool _decays;
        private torch.Tensor? _gradient;
        private SparseGradient? _sparse;
        private bool _hasBeenReached;

        public Slot(string name, Parameter parameter, double rate)
        {
            (Name, Rate, _parameter) = (name, rate, parameter);
            _decays = name.EndsWith(".weight", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);
            int count = (int)parameter.NumberOfElements;
            _rows = parameter.shape is [var rows, _] ? (int)rows : 1;
            _width = count / _rows;
            (Mean, Square) = (new float[count], new float[count]);
        }

        public string Name { get; }

        public double Rate { get; }

        public float[] Mean { get; }

        public float[] Square { get; }

        public IEnumerable<Range> Blocks()
        {
            int height = Math.Max(1, BlockLength / Math.Max(1, _width));
            for (int start = 0; start < _rows; start += height)
                yield return start..Math.Min(start + height, _rows);
        }

        public void FetchGradient(bool isFirst)
        {
            _gradient = _parameter.grad ?? (_hasBeenReached
                ? zeros_like(_parameter)
                : throw new InvalidOperationException($"'{Name}' has no gradient. Run a backward pass that reaches it first."));
            _hasBeenReached = true;
            if (!_gradient.is_sparse)
            {
                _sparse?.ReachAll();
                return;
            }
            if (_sparse is null)
            {
                _sparse = new SparseGradient(_rows, _width);
                if (!isFirst)
                    _sparse.Resume(Mean, Square);
            }
            _sparse.Read(_gradient);
        }

        public double SquaredGradient(Range rows) => _gradient!.is_sparse
            ? _sparse!.SumOfSquares(rows)
            : TensorPrimitives.SumOfSquares<float>(_gradient.Values()[Items(rows)]);

        public void Apply(Update update, Range rows)
        {
            Span<float> values = _parameter.Values();
            if (!_gradient!.is_sparse)
            {
                Apply(update, values, _gradient.Values()[Items(rows)], Items(rows), isNew: update.IsFirst);
                return;
            }
            for (int row = rows.Start.Value; row < rows.End.Value; row++)
            {
                Range items = Items(row..(row + 1));
                if (_sparse!.IsReached(row))
                    Apply(update, values, _sparse.Row(row), items, _sparse.IsNew(row));
                else if (_decays)
                    update.Decay(values[items]);
            }
        }

        public void DropGradient() => _parameter.grad = _gradient = null;

        private void Apply(Update update, Span<float> values, ReadOnlySpan<float> gradient, Range items, bool isNew)
        {
            Span<float> mean = Mean.AsSpan(items), square = Square.AsSpan(items);
            if (isNew)
            {
                // They are zero already. But memory that is read before it is written is mapped twice, and the second mapping
                // interrupts all cores.
                mean.Clear();
                square.Clear();
            }
            update.Apply(values[items], gradient, mean, square, _decays);
        }

        private Range Items(Range rows) => (rows.Start.Value * _width)..(rows.End.Value * _width);
    }

    /// <summary>The constants of one update, and the arithmetic on a block of values.</summary>
    private readonly struct Update(AdamWOptions options, long step, double learningRate, double gradientScale)
    {
        public bool IsFirst { get; } = step == 1;

        private readonly float _scale = (float)gradientScale;
        private readonly float _beta1 = (float)options.Beta1;
        private readonly float _beta2 = (float)options.Beta2;
        private readonly float _epsilon = (float)options.Epsilon;
        private readonly float _keep = (float)(1 - learningRate * options.WeightDecay);
        private readonly float _rate = (float)(learningRate / (1 - Math.Pow(options.Beta1, step)));
        private readonly float _root = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));

        /// <summary>Applies the part of the update that remains if gradients have always been zero.</summary>
        public void Decay(Span<float> values)
        {
            if (_keep != 1)
                TensorPrimitives.Multiply(values, _keep, values);
        }

        public void Apply(Span<float> values, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square, bool decays)
        {
            float keep = decays ? _keep : 1;
            int i = 0;
            for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> g = Vector512.Create<float>(gradient[i..]) * _scale;
                Vector512<float> m = Vector512.Create<float>(mean[i..]) * _beta1 + g * (1 - _beta1);
                Vector512<float> s = Vector512.Create<float>(square[i..]) * _beta2 + g * g * (1 - _beta2);
                Vector512<float> step = m * _rate / (Vector512.Sqrt(s) * _root + Vector512.Create(_epsilon));
                (Vector512.Create<float>(values[i..]) * keep - step).CopyTo(values[i..]);
                m.CopyTo(mean[i..]);
                s.CopyTo(square[i..]);
            }
            for (; i < values.Length; i++)
            {
                float g = gradient[i] * _scale;
                mean[i] = mean[i] * _beta1 + g * (1 - _beta1);
                square[i] = square[i] * _beta2 + g * g * (1 - _beta2);
                values[i] = values[i] * keep - mean[i] * _rate / (MathF.Sqrt(square[i]) * _root + _epsilon);
            }
        }
    }
}
