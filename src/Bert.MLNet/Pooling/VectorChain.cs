using System.Buffers;
using Bert.MLNet.Models;

namespace Bert.MLNet.Pooling;

/// <summary>Turns pooled vectors into the vectors of texts: the modules after pooling, truncation and normalization. Thread-safe.</summary>
/// <param name="layers">The modules, in order.</param>
/// <param name="pooledSize">The number of values of a pooled vector.</param>
/// <param name="normalize">Whether the result is scaled to length 1.</param>
internal sealed class VectorChain(IReadOnlyList<VectorLayer> layers, int pooledSize, bool normalize)
{
    private readonly int _largest = LargestOf(layers, pooledSize);

    /// <summary>Computes a vector.</summary>
    /// <param name="pooled">The pooled vector.</param>
    /// <param name="destination">Receives the first values of the result; all of them unless the vector is truncated.</param>
    public void Apply(ReadOnlySpan<float> pooled, Span<float> destination)
    {
        if (layers.Count == 0)
            pooled[..destination.Length].CopyTo(destination);
        else
            ApplyLayers(pooled, destination);
        if (normalize)
            NormalizeLayer.Apply(destination);
    }

    private void ApplyLayers(ReadOnlySpan<float> vector, Span<float> destination)
    {
        float[] even = ArrayPool<float>.Shared.Rent(_largest), odd = ArrayPool<float>.Shared.Rent(_largest);
        foreach (VectorLayer layer in layers)
        {
            Span<float> next = even.AsSpan(0, layer.Outputs(vector.Length));
            layer.Apply(vector, next);
            vector = next;
            (even, odd) = (odd, even);
        }
        vector[..destination.Length].CopyTo(destination);
        ArrayPool<float>.Shared.Return(even);
        ArrayPool<float>.Shared.Return(odd);
    }

    private static int LargestOf(IReadOnlyList<VectorLayer> layers, int size)
    {
        int largest = size;
        foreach (VectorLayer layer in layers)
            largest = Math.Max(largest, size = layer.Outputs(size));
        return largest;
    }
}
