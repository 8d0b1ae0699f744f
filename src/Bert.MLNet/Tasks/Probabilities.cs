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
        float[] negated = values.ToArray();
        TensorPrimitives.Negate(negated, negated);
        int[] places = [.. Enumerable.Range(0, negated.Length)];
        Array.Sort(places, (a, b) => negated[a].CompareTo(negated[b]) is var order and not 0 ? order : a.CompareTo(b));
        return places[..count];
    }
}
