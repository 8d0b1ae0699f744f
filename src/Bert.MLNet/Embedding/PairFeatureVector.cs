using System.Numerics;
using System.Numerics.Tensors;

namespace Bert.MLNet.Embeddings;

/// <summary>Computes the features of a pair from the vectors of its texts.</summary>
internal readonly struct PairFeatureVector
{
    /// <exception cref="ArgumentException">No part is selected, or a part is unknown.</exception>
    public PairFeatureVector(BertPairFeatures parts, int vectorSize)
    {
        if (parts == BertPairFeatures.None || (parts & ~BertPairFeatures.All) != 0)
            throw new ArgumentException(
                $"The features of a pair are {parts}; choose one or several of First, Second, AbsoluteDifference and Product.",
                nameof(parts));
        Parts = parts;
        Dimension = BitOperations.PopCount((uint)parts) * vectorSize;
    }

    public BertPairFeatures Parts { get; }

    public int Dimension { get; }

    /// <param name="u">The first vector.</param>
    /// <param name="v">The second vector, of the same size.</param>
    /// <param name="destination">Receives <see cref="Dimension"/> values.</param>
    public void Fill(ReadOnlySpan<float> u, ReadOnlySpan<float> v, Span<float> destination)
    {
        if (Parts.HasFlag(BertPairFeatures.First))
            u.CopyTo(Next(ref destination, u.Length));
        if (Parts.HasFlag(BertPairFeatures.Second))
            v.CopyTo(Next(ref destination, u.Length));
        if (Parts.HasFlag(BertPairFeatures.AbsoluteDifference))
        {
            Span<float> difference = Next(ref destination, u.Length);
            TensorPrimitives.Subtract(u, v, difference);
            TensorPrimitives.Abs(difference, difference);
        }
        if (Parts.HasFlag(BertPairFeatures.Product))
            TensorPrimitives.Multiply(u, v, Next(ref destination, u.Length));
    }

    private static Span<float> Next(ref Span<float> rest, int size)
    {
        Span<float> next = rest[..size];
        rest = rest[size..];
        return next;
    }
}
