using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A padded batch for an encoder: set the rows of token ids, call <see cref="Run"/>, and read the outputs. The memory is reused for the
/// next batch. For one thread at a time; <see cref="Dispose"/> returns it to the pool, and invalidates all of its spans.
/// </summary>
internal sealed class EncoderBatch : IDisposable
{
    private readonly OnnxEncoder _encoder;
    private readonly PinnedBuffer<long> _ids = new(), _mask = new(), _types = new(), _places = new(), _positions = new();
    private readonly PinnedBuffer<int>?[] _narrow;
    private readonly PinnedBuffer<float>[] _outputs;
    private readonly int[] _rowSizes;
    private readonly OrtValue?[] _inputValues;
    private readonly OrtValue?[] _outputValues;
    private SharedEncoders? _owner;

    public EncoderBatch(OnnxEncoder encoder)
    {
        _encoder = encoder;
        _narrow = [.. encoder.Inputs.Select(input => input.Type == TensorElementType.Int32 ? new PinnedBuffer<int>() : null)];
        _outputs = [.. encoder.Outputs.Select(_ => new PinnedBuffer<float>())];
        _rowSizes = new int[_outputs.Length];
        _inputValues = new OrtValue?[encoder.Inputs.Count];
        _outputValues = new OrtValue?[encoder.Outputs.Count];
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of tokens per row, including padding.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// The positions of requested masked words, as row × <see cref="Length"/> + token. <see cref="EncoderOutputKind.MaskedWordLogits"/>
    /// has a row for each of these instead of one for each row of the batch.
    /// </summary>
    public Span<long> MaskedPositions => _positions.Items;

    /// <summary>The token ids of a row, initially the padding token.</summary>
    public Span<long> InputIds(int row) => _ids.Items.Slice(row * Length, Length);

    /// <summary>The attention mask of a row: 1 for tokens that are attended to, 0 for others, initially 0.</summary>
    public Span<long> AttentionMask(int row) => _mask.Items.Slice(row * Length, Length);

    /// <summary>The token types of a row: 0 in the first text, 1 in the second if the checkpoint has several types. Initially 0.</summary>
    public Span<long> TokenTypeIds(int row) => _types.Items.Slice(row * Length, Length);

    /// <summary>Sets a row to a sequence without masked tokens; the rest of the row remains padding.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ids">The sequence, at most <see cref="Length"/> tokens.</param>
    /// <param name="pairStart">The start of the second text, or the sequence's length if there is none.</param>
    public void Fill(int row, ReadOnlySpan<int> ids, int pairStart)
    {
        Span<long> target = InputIds(row);
        for (int i = 0; i < ids.Length; i++)
            target[i] = ids[i];
        AttentionMask(row)[..ids.Length].Fill(1);
        if (_encoder.Model.Config.TypeVocabSize != 1)
            TokenTypeIds(row)[pairStart..ids.Length].Fill(1);
    }

    /// <summary>
    /// Computes the outputs. Ids from other sources than the checkpoint's tokenizer must have passed <see cref="EncoderSession.Check"/>.
    /// </summary>
    public void Run()
    {
        for (int row = 0; _encoder.NeedsPositions && row < Rows; row++)
            _encoder.Model.Config.Shape.NumberTokens(InputIds(row), _places.Items.Slice(row * Length, Length));
        for (int i = 0; i < _narrow.Length; i++)
        {
            if (_narrow[i] is { } narrow)
                TensorPrimitives.ConvertTruncating<long, int>(Input(i).Items, narrow.Items);
        }
        _encoder.Run(_inputValues!, _outputValues!);
    }

    /// <summary>
    /// Gets a row of an output after <see cref="Run"/>. Its dimensions are the output's without the first, including padding.
    /// </summary>
    /// <param name="output">The position in the session's outputs.</param>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<float> Output(int output, int row)
    {
        if (_encoder.Outputs[output].Kind == EncoderOutputKind.MaskedWordLogits && _encoder.ScoresAllTokens)
            row = (int)MaskedPositions[row];
        return _outputs[output].Items.Slice(row * _rowSizes[output], _rowSizes[output]);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _owner, null) is not { } owner)
            return;
        _encoder.Return(this);
        owner.Release(_encoder);
    }

    /// <summary>Starts a new batch of padding, for which <paramref name="owner"/> has counted a user of the encoder.</summary>
    public void Begin(SharedEncoders owner, int rows, int length, int positions)
    {
        _owner = owner;
        if (rows != Rows || length != Length || positions != _positions.Count)
        {
            Rows = rows;
            Length = length;
            ReleaseValues();
            Reserve(positions);
        }
        _ids.Items.Fill(_encoder.Model.Config.PadTokenId);
        _mask.Items.Clear();
        _types.Items.Clear();
    }

    /// <summary>Frees native resources. They are created again when the batch is reused.</summary>
    public void ReleaseValues()
    {
        Release(_inputValues);
        Release(_outputValues);

        static void Release(OrtValue?[] values)
        {
            foreach (OrtValue? value in values)
                value?.Dispose();
            Array.Clear(values);
        }
    }

    private void Reserve(int positions)
    {
        int tokens = checked(Rows * Length);
        _positions.Reserve(positions);
        _ids.Reserve(tokens);
        _mask.Reserve(tokens);
        _types.Reserve(tokens);
        _places.Reserve(_encoder.NeedsPositions ? tokens : 0);
        for (int i = 0; i < _inputValues.Length; i++)
        {
            long[] shape = _encoder.Inputs[i].Name == EncoderInput.MaskedPositions ? [positions] : [Rows, Length];
            _narrow[i]?.Reserve(tokens);
            _inputValues[i] = _narrow[i] is { } narrow
                ? Value(narrow, TensorElementType.Int32, shape)
                : Value(Input(i), TensorElementType.Int64, shape);
        }
        for (int i = 0; i < _outputs.Length; i++)
        {
            long[] shape = _encoder.Shape(i, Rows, Length, positions);
            bool perPosition = _encoder.Outputs[i].Kind == EncoderOutputKind.MaskedWordLogits;
            _rowSizes[i] = checked((int)(perPosition ? shape[^1] : shape.Skip(1).Aggregate((a, b) => checked(a * b))));
            _outputs[i].Reserve(checked((int)shape.Aggregate((a, b) => checked(a * b))));
            _outputValues[i] = Value(_outputs[i], TensorElementType.Float, shape);
        }
    }

    private PinnedBuffer<long> Input(int index) => _encoder.Inputs[index].Name switch
    {
        EncoderInput.InputIds => _ids,
        EncoderInput.AttentionMask => _mask,
        EncoderInput.TokenTypeIds => _types,
        EncoderInput.PositionIds => _places,
        _ => _positions,
    };

    private static OrtValue Value<T>(PinnedBuffer<T> buffer, TensorElementType type, long[] shape)
        where T : unmanaged =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, buffer.Address, (long)buffer.Count * Unsafe.SizeOf<T>());
}
