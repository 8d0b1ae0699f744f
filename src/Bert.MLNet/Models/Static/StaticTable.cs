using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>
/// The table of a checkpoint with static embeddings: a vector for each token, which does not depend on the tokens beside it. The vector
/// of a text is the mean over its tokens. Immutable and thread-safe.
/// </summary>
internal sealed class StaticTable
{
    /// <summary>The names of the vectors: sentence-transformers' and model2vec's.</summary>
    public const string SentenceName = "embedding.weight", VectorName = "embeddings";

    /// <summary>The names of model2vec's optional tensors.</summary>
    public const string WeightsName = "weights", MappingName = "mapping";

    private readonly float[]? _weights;
    private readonly int[]? _mapping;

    /// <param name="vectors">The vectors, [rows, width]: floats or int8.</param>
    /// <param name="weights">The factor of each token's vector, [tokens], or null for none.</param>
    /// <param name="mapping">The row of each token, [tokens], or null if they are the same.</param>
    public StaticTable(BertTensor vectors, BertTensor? weights = null, BertTensor? mapping = null)
    {
        Vectors = vectors;
        (Rows, Width) = (vectors.Shape[0], vectors.Shape[1]);
        Tensors = [.. new[] { vectors, weights, mapping }.OfType<BertTensor>()];
        _weights = weights is null ? null : Floats(weights);
        _mapping = mapping is null ? null : Integers(mapping);
    }

    /// <summary>All tensors of the file.</summary>
    public IReadOnlyList<BertTensor> Tensors { get; }

    public BertTensor Vectors { get; }

    /// <summary>The number of vectors.</summary>
    public int Rows { get; }

    /// <summary>The number of values of a vector.</summary>
    public int Width { get; }

    /// <summary>The number of token ids that have a vector.</summary>
    public int Tokens => _mapping?.Length ?? (_weights is null ? Rows : Math.Min(Rows, _weights.Length));

    /// <summary>Whether the unknown token counts, as in sentence-transformers; model2vec leaves it out.</summary>
    public bool CountsUnknown => Vectors.Name == SentenceName;

    /// <summary>Returns the first row that a token refers to outside the table, or null if there is none.</summary>
    public int? WrongRow => _mapping?.Where(row => (uint)row >= (uint)Rows).Select(row => (int?)row).FirstOrDefault();

    /// <summary>Computes the mean of the tokens' vectors; zeros if there are no tokens.</summary>
    /// <param name="ids">The token ids, less than <see cref="Tokens"/>.</param>
    /// <param name="destination">Receives <see cref="Width"/> values.</param>
    public void Mean(ReadOnlySpan<int> ids, Span<float> destination)
    {
        destination.Clear();
        if (ids.IsEmpty)
            return;
        float[] row = ArrayPool<float>.Shared.Rent(Width);
        foreach (int id in ids)
            Add(_mapping is null ? id : _mapping[id], _weights is null ? 1 : _weights[id], row.AsSpan(0, Width), destination);
        ArrayPool<float>.Shared.Return(row);
        TensorPrimitives.Divide(destination, ids.Length, destination);
    }

    /// <summary>Copies the vectors of all tokens, with their factors, [<see cref="Tokens"/>, <see cref="Width"/>].</summary>
    public float[] ToVectors()
    {
        float[] vectors = new float[checked(Tokens * Width)];
        for (int token = 0; token < Tokens; token++)
            Mean([token], vectors.AsSpan(token * Width, Width));
        return vectors;
    }

    private void Add(int row, float factor, Span<float> buffer, Span<float> sum)
    {
        ReadOnlySpan<byte> bytes = Vectors.Bytes.Span;
        if (Vectors.Type == TensorType.F32)
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(bytes).Slice(row * Width, Width);
            TensorPrimitives.MultiplyAdd(values, factor, sum, sum);
            return;
        }
        if (Vectors.Type == TensorType.I8)
            TensorPrimitives.ConvertTruncating<sbyte, float>(MemoryMarshal.Cast<byte, sbyte>(bytes).Slice(row * Width, Width), buffer);
        else
            Vectors.CopyTo(row * Width, Width, buffer);
        TensorPrimitives.MultiplyAdd(buffer, factor, sum, sum);
    }

    private static float[] Floats(BertTensor tensor)
    {
        float[] values = new float[tensor.Count];
        if (tensor.Type == TensorType.F64)
            TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(tensor.Bytes.Span), values);
        else
            tensor.CopyTo(values);
        return values;
    }

    private static int[] Integers(BertTensor tensor)
    {
        int[] values = new int[tensor.Count];
        if (tensor.Type == TensorType.I64)
            TensorPrimitives.ConvertSaturating<long, int>(MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span), values);
        else
            MemoryMarshal.Cast<byte, int>(tensor.Bytes.Span).CopyTo(values);
        return values;
    }
}
