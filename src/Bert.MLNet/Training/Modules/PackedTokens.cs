using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// The tokens of some rows as tensors, one row after the other without padding, where a module computes. Attention alone has to know rows, and gets them padded;
/// nothing else of an encoder computes padding. Sizes are rounded up to few: tokens at the end, and rows, that nobody reads.
/// </summary>
internal sealed class PackedTokens
{
    // How many sizes there are in an octave; see FewSizes. Tokens are most of the work, and so the finest.
    private const int TokenSizes = 16, LengthSizes = 8, RowSizes = 4;

    private readonly int _rows, _length, _tokens, _count;
    private readonly bool _isFull;
    private readonly Tensor _places, _back, _first;

    /// <param name="batch">The tokens.</param>
    /// <param name="device">Where the tensors are.</param>
    /// <param name="precision">The type of <see cref="AttentionBias"/>.</param>
    /// <param name="paddingPosition">See <see cref="EncoderShape.PaddingPosition"/>.</param>
    /// <param name="relativePositions">What is added to the scores of attention for distances; null for nothing.</param>
    public PackedTokens(PaddedBatch batch, Device device, ScalarType precision, int? paddingPosition = null, RelativePositions? relativePositions = null)
    {
        (_rows, _length, _tokens, _count) = (FewSizes.RoundUp(batch.Rows, RowSizes), FewSizes.RoundUp(batch.Length, LengthSizes), batch.Tokens, FewSizes.RoundUp(batch.Tokens, TokenSizes));
        _isFull = _tokens == _rows * _length;
        // What is beyond the tokens and rows that there are stays 0: some token, that nobody reads.
        long[] ids = new long[_count], types = new long[_count], positions = new long[_count], places = new long[_tokens], back = new long[_count], first = new long[_rows];
        float[] bias = new float[_rows * _length];
        batch.CopyTo(ids, types);
        for (int row = 0; row < batch.Rows; row++)
        {
            int start = batch.Start(row), length = batch.Start(row + 1) - start;
            for (int i = 0, count = 0; i < length; i++)
            {
                positions[start + i] = paddingPosition is not { } padding ? i : ids[start + i] == padding ? padding : padding + ++count;
                back[start + i] = places[start + i] = row * _length + i;
            }
            first[row] = start;
            bias.AsSpan(row * _length, _length)[length..].Fill(float.NegativeInfinity);
        }
        (Ids, Types, Positions) = (Indexes(ids), Indexes(types), Indexes(positions));
        (_places, _back, _first) = (Indexes(places), Indexes(back), Indexes(first));
        if (bias.Contains(float.NegativeInfinity))
            AttentionBias = tensor(bias, _rows, 1, 1, _length, device: device).to(precision);
        PositionBias = relativePositions?.Forward(_length);

        Tensor Indexes(long[] values) => tensor(values, device: device);
    }

    /// <summary>The tokens' ids, [tokens].</summary>
    public Tensor Ids { get; }

    /// <summary>Their types, [tokens].</summary>
    public Tensor Types { get; }

    /// <summary>Their positions in their rows, [tokens].</summary>
    public Tensor Positions { get; }

    /// <summary>Added to the scores of attention, [rows, 1, 1, length]: minus infinity at padding; null when there is none.</summary>
    public Tensor? AttentionBias { get; }

    /// <summary>Added to the scores of attention for the distance between tokens, [1, heads, length, length]; null for nothing.</summary>
    public Tensor? PositionBias { get; }

    /// <summary>Values of tokens, [tokens, n], in their places in rows, [rows, length, n]; zero at padding.</summary>
    public Tensor ToRows(Tensor values)
    {
        long width = values.shape[1];
        if (_tokens < _count)
            values = values.narrow(0, 0, _tokens);
        return (_isFull ? values : zeros([_rows * _length, width], values.dtype, values.device).index_copy_(0, _places, values)).view(_rows, _length, width);
    }

    /// <summary>Values in rows, [rows, length, n], as those of tokens, [tokens, n].</summary>
    public Tensor FromRows(Tensor values) => _isFull && _count == _tokens ? values.flatten(0, 1) : values.flatten(0, 1).index_select(0, _back);

    /// <summary>Those of each row's first token, [rows, n].</summary>
    public Tensor First(Tensor values) => values.index_select(0, _first);
}
