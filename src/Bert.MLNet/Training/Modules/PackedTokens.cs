using Bert.MLNet.Models.Families;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// The tokens of several rows as tensors on the module's device, one row after another without padding. Only attention distinguishes rows
/// and requires padding; the rest of an encoder computes no padding. Sizes are rounded up to a small set, so tensors can end with tokens
/// and rows that are never read.
/// </summary>
internal sealed class PackedTokens
{
    // The number of sizes in an octave; see FewSizes. Most of the work depends on the number of tokens, so that number is rounded the
    // least.
    private const int TokenSizes = 16, LengthSizes = 8, RowSizes = 4;

    private readonly int _rows, _length, _tokens, _count;
    private readonly bool _isFull;
    private readonly Tensor _places, _back, _first;
    private readonly Dictionary<int, AttentionWindow> _windows = [];

    /// <param name="batch">The tokens.</param>
    /// <param name="device">The device of the tensors.</param>
    /// <param name="precision">The type of <see cref="AttentionBias"/>.</param>
    /// <param name="paddingPosition">See <see cref="EncoderShape.PaddingPosition"/>.</param>
    /// <param name="relativePositions">The bias of attention scores for distances; null for none.</param>
    /// <param name="windows">The number of tokens on either side that tokens attend to, in layers with a window.</param>
    public PackedTokens(PaddedBatch batch, Device device, ScalarType precision, int? paddingPosition = null,
        RelativePositions? relativePositions = null, params ReadOnlySpan<int> windows)
    {
        (_rows, _length, _tokens, _count) = (
            FewSizes.RoundUp(batch.Rows, RowSizes),
            LengthOf(batch),
            batch.Tokens,
            FewSizes.RoundUp(batch.Tokens, TokenSizes));
        _isFull = _tokens == _rows * _length;
        // Entries beyond the actual tokens and rows stay 0, an arbitrary token that is never read.
        long[] ids = new long[_count], types = new long[_count], positions = new long[_count];
        long[] places = new long[_tokens], back = new long[_count], first = new long[_rows];
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
        int[] lengths = new int[_rows];
        for (int row = 0; row < batch.Rows; row++)
            lengths[row] = batch.Start(row + 1) - batch.Start(row);
        foreach (int window in windows)
            _windows.Add(window, new AttentionWindow(window, lengths, _length, device, precision));

        Tensor Indexes(long[] values) => tensor(values, device: device);
    }

    /// <summary>The ids of the tokens, [tokens].</summary>
    public Tensor Ids { get; }

    /// <summary>The types of the tokens, [tokens].</summary>
    public Tensor Types { get; }

    /// <summary>The positions of the tokens in their rows, [tokens].</summary>
    public Tensor Positions { get; }

    /// <summary>The bias added to attention scores, [rows, 1, 1, length]: minus infinity at padding; null if there is no padding.</summary>
    public Tensor? AttentionBias { get; }

    /// <summary>
    /// The bias added to attention scores for the places of tokens, [1, heads or 1, length, length]; null for none.
    /// </summary>
    public Tensor? PositionBias { get; init; }

    /// <summary>
    /// The hidden states of the sources that the rows are written for, [tokens, hidden], and their division into rows; null for none.
    /// </summary>
    public (Tensor States, PackedTokens Tokens)? Source { get; init; }

    /// <summary>The length to which rows are padded.</summary>
    public int Length => _length;

    /// <summary>See <see cref="PaddedBatch.Embeddings"/>.</summary>
    public Tensor? Embeddings { get; init; }

    /// <summary>The embeddings of distances, [2 × span, hidden]; null for a family without them.</summary>
    public Tensor? Distances { get; set; }

    /// <summary>The row of <see cref="Distances"/> for each query and key, [1, 1, length, length].</summary>
    public Tensor? DistanceRows { get; set; }

    /// <summary>The rotations of queries and keys, by the base of their angles.</summary>
    public IReadOnlyDictionary<double, Rotation> Rotations { get; init; } = new Dictionary<double, Rotation>();

    /// <summary>Attention in layers where a token attends to this number of tokens on either side.</summary>
    public AttentionWindow Window(int window) => _windows[window];

    /// <summary>The length to which the rows of a batch are padded.</summary>
    public static int LengthOf(PaddedBatch batch) => FewSizes.RoundUp(batch.Length, LengthSizes);

    /// <summary>The position of each token in its row, counted from 0; 0 for tokens that are never read.</summary>
    public static long[] Places(PaddedBatch batch)
    {
        long[] places = new long[FewSizes.RoundUp(batch.Tokens, TokenSizes)];
        for (int row = 0; row < batch.Rows; row++)
        {
            for (int i = batch.Start(row); i < batch.Start(row + 1); i++)
                places[i] = i - batch.Start(row);
        }
        return places;
    }

    /// <summary>Arranges the values of tokens, [tokens, n], in rows, [rows, length, n]. The padding is zero.</summary>
    public Tensor ToRows(Tensor values)
    {
        long width = values.shape[1];
        if (_tokens < _count)
            values = values.narrow(0, 0, _tokens);
        Tensor rows = _isFull
            ? values
            : zeros([_rows * _length, width], values.dtype, values.device).index_copy_(0, _places, values);
        return rows.view(_rows, _length, width);
    }

    /// <summary>Extracts the values of tokens, [tokens, n], from values in rows, [rows, length, n].</summary>
    public Tensor FromRows(Tensor values) =>
        _isFull && _count == _tokens ? values.flatten(0, 1) : values.flatten(0, 1).index_select(0, _back);

    /// <summary>Selects the values of each row's first token, [rows, n].</summary>
    public Tensor First(Tensor values) => values.index_select(0, _first);
}
