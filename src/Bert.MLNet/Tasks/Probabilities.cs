using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>Logits to probabilities.</summary>
internal static class Probabilities
{
    /// <summary>exp(x) / Σ exp(x), in a way that no logit is too large for. Source and destination may be one.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> destination)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), destination);
        TensorPrimitives.Exp(destination, destination);
        TensorPrimitives.Divide(destination, TensorPrimitives.Sum(destination), destination);
    }

    /// <summary>1 / (1 + exp(−x)) of each.</summary>
    public static void Sigmoid(ReadOnlySpan<float> logits, Span<float> destination) => TensorPrimitives.Sigmoid(logits, destination);

    /// <summary>The places of the largest values, the largest first; of equal ones the first.</summary>
    public static int[] Top(ReadOnlySpan<float> values, int count)
    {
        // The worst of the best so far waits at the head: the smallest, and of equal ones the last.
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
