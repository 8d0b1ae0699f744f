using Bert.MLNet.Models.Families;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Attention to near tokens, for the rows of a batch. Short rows are masked; long rows are divided into blocks, each of which attends to
/// itself and its two neighbours, so that memory grows with the length instead of its square. See <see cref="LocalAttention"/>.
/// </summary>
internal sealed class AttentionWindow
{
    // A finite number: padding tokens can have only padding in their window, and NaN would spread from them to all gradients.
    private const float Unseen = -1e30f;

    private readonly int _block, _missing;
    private readonly Tensor? _near, _seen;

    /// <param name="window">The number of tokens on either side that a token attends to.</param>
    /// <param name="lengths">The number of tokens of each row; 0 for a row that is never read.</param>
    /// <param name="length">The length to which rows are padded.</param>
    /// <param name="device">The device of the tensors.</param>
    /// <param name="precision">The type of attention scores.</param>
    public AttentionWindow(int window, int[] lengths, int length, Device device, ScalarType precision)
    {
        IsDivided = length > LocalAttention.LongestWhole(window);
        Bias = Near(window, IsDivided ? 1 : length, length, start: 0).view(1, 1, -1, length);
        if (!IsDivided)
            return;
        _block = LocalAttention.Block(window);
        _missing = (_block - length % _block) % _block;
        _near = Near(window, _block, 3 * _block, start: _block);
        int padded = length + _missing + 2 * _block;
        float[] seen = new float[lengths.Length * padded];
        Array.Fill(seen, Unseen);
        for (int row = 0; row < lengths.Length; row++)
            seen.AsSpan(row * padded + _block, lengths[row]).Clear();
        _seen = WithNeighbours(tensor(seen, lengths.Length, padded, device: device).to(precision)).unsqueeze(2).unsqueeze(1);

        Tensor Near(int window, int queries, int keys, int start)
        {
            float[] bias = new float[queries * keys];
            for (int query = 0; query < queries; query++)
            {
                for (int key = 0; key < keys; key++)
                    bias[query * keys + key] = Math.Abs(start + query - key) <= window ? 0 : Unseen;
            }
            return tensor(bias, queries, keys, device: device).to(precision);
        }
    }

    /// <summary>Whether rows are divided into blocks.</summary>
    public bool IsDivided { get; }

    /// <summary>
    /// The bias of attention scores, [1, 1, queries, length]: very low outside the window. It has one query, the first token, if rows are
    /// divided, otherwise all.
    /// </summary>
    public Tensor Bias { get; }

    /// <summary>Computes attention in blocks, [rows × heads, length, size].</summary>
    /// <param name="queries">The scaled queries, [rows × heads, length, size].</param>
    /// <param name="keys">The keys, [rows × heads, length, size].</param>
    /// <param name="values">The values, [rows × heads, length, size].</param>
    /// <param name="toProbabilities">Converts scores to probabilities.</param>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values, Func<Tensor, Tensor> toProbabilities)
    {
        (long batch, long length, long size) = (queries.shape[0], queries.shape[1], queries.shape[2]);
        // [rows × heads, blocks, size, 3 × block]
        Tensor nearKeys = WithNeighbours(Pad(keys, _block, _block + _missing));
        Tensor nearValues = WithNeighbours(Pad(values, _block, _block + _missing));
        Tensor scores = Pad(queries, 0, _missing).view(batch, -1, _block, size).matmul(nearKeys).Plus(_near!);
        Tensor seen = scores.view(_seen!.shape[0], -1, scores.shape[1], _block, 3 * _block).Plus(_seen);
        Tensor blocks = toProbabilities(seen).view(scores.shape).matmul(nearValues.transpose(2, 3));
        return blocks.view(batch, -1, size).narrow(1, 0, length);
    }

    private static Tensor Pad(Tensor tokens, long before, long after) => functional.pad(tokens, [0, 0, before, after]);

    // Views of each block with its neighbours, on a new last axis.
    private Tensor WithNeighbours(Tensor padded) => padded.unfold(1, 3 * _block, _block);
}
