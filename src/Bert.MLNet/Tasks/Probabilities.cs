using System.Buffers;
using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>Converts logits to probabilities.</summary>
internal static class Probabilities
{
    /// <summary>Computes exp(x) / Σ exp(x) without overflow. Source and destination can be the same.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> destination)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), destination);
        TensorPrimitives.Exp(destination, destination);
        TensorPrimitives.Divide(destination, TensorPrimitives.Sum(destination), destination);
    }

    /// <summary>Returns the largest probability, as <see cref="Softmax"/> computes it.</summary>
    public static float Largest(float[] logits)
    {
        float[] probabilities = ArrayPool<float>.Shared.Rent(logits.Length);
        Span<float> used = probabilities.AsSpan(0, logits.Length);
        Softmax(logits, used);
        float largest = TensorPrimitives.Max<float>(used);
        ArrayPool<float>.Shared.Return(probabilities);
        return largest;
    }

    /// <summary>Computes 1 / (1 + exp(−x)) of each value.</summary>
    public static void Sigmoid(ReadOnlySpan<float> logits, Span<float> destination) => TensorPrimitives.Sigmoid(logits, destination);

    /// <summary>Returns the indexes of the largest values, largest first. Equal values keep their order.</summary>
    public static int[] Top(ReadOnlySpan<float> values, int count)
    {
        // The worst of the best so far is at the head of the queue: the smallest and, of equal values, the last.
        var best = new PriorityQueue<int, (float Value, int Place)>(count);
        for (int i = 0; i < values.Length; i++)
        {
            if (best.Count < count)
                best.Enqueue(i, (values[i], -i));
            else if (best.TryPeek(out _, out (float Value, int Place) worst) && values[i] > worst.Value)
                best.EnqueueDequeue(i, (values[i], -i));
        }
        int[] places = new int[best.Count];
        for (int i = places.Length - 1; i >= 0; i--)
            places[i] = best.Dequeue();
        return places;
    }
}
