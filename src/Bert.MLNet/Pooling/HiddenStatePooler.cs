using System.Numerics;
using System.Numerics.Tensors;
using Bert.MLNet.Models;

namespace Bert.MLNet.Pooling;

/// <summary>Computes one vector from the hidden states of a row's tokens, as sentence-transformers defines it.</summary>
internal static class HiddenStatePooler
{
    /// <summary>The value that sentence-transformers substitutes for masked tokens before it computes the maximum.</summary>
    public const float Masked = -1e9f;

    /// <summary>The minimum divisor of a sum of states, so that a row without weight results in 0.</summary>
    public const float MinWeight = 1e-9f;

    /// <summary>All poolings, combined.</summary>
    public static BertPooling All { get; } = Enum.GetValues<BertPooling>().Aggregate((all, one) => all | one);

    /// <summary>Returns the number of values of the pooled vector: <paramref name="width"/> for each flag.</summary>
    public static int Size(BertPooling pooling, int width) => BitOperations.PopCount((uint)pooling) * width;

    /// <summary>Pools one row.</summary>
    /// <param name="pooling">One or more poolings. Their vectors are concatenated in the order of the enumeration.</param>
    /// <param name="normalize">Whether the result is scaled to length 1.</param>
    /// <param name="width">The number of values of a hidden state.</param>
    /// <param name="hidden">The last hidden states, [length, width].</param>
    /// <param name="layers">
    /// For <see cref="BertPooling.LastLayersMean"/>, the hidden states of the layers to average, [layers, length, width], or their
    /// average; otherwise empty.
    /// </param>
    /// <param name="mask">A value other than 0 for each token that counts. Empty if all tokens count.</param>
    /// <param name="weights">The weight of each token in a mean that is not weighted by positions. Empty if all weigh the same.</param>
    /// <param name="cls">The position of the token that <see cref="BertPooling.Cls"/> uses.</param>
    /// <param name="destination">Receives the vector, of <see cref="Size"/> values.</param>
    public static void Pool(
        BertPooling pooling,
        bool normalize,
        int width,
        ReadOnlySpan<float> hidden,
        ReadOnlySpan<float> layers,
        ReadOnlySpan<long> mask,
        ReadOnlySpan<float> weights,
        int cls,
        Span<float> destination)
    {
        Span<float> rest = destination;
        if (pooling.HasFlag(BertPooling.Cls))
            hidden.Slice(cls * width, width).CopyTo(Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.Max))
            Max(hidden, width, mask, Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.Mean))
            Mean(hidden, width, mask, weights, Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.MeanSqrtLength))
            MeanSqrtLength(hidden, width, mask, weights, Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.LastLayersMean))
            Mean(layers, width, mask, weights, Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.WeightedMean))
            WeightedMean(hidden, width, mask, Next(ref rest, width));
        if (pooling.HasFlag(BertPooling.LastToken))
            LastToken(hidden, width, mask, Next(ref rest, width));
        if (normalize)
            NormalizeLayer.Apply(destination);
    }

    private static void Max(ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, Span<float> destination)
    {
        destination.Fill(Masked);
        for (int token = 0; token * width < hidden.Length; token++)
        {
            if (mask.IsEmpty || mask[token] != 0)
                TensorPrimitives.Max(destination, hidden.Slice(token * width, width), destination);
        }
    }

    /// <summary>Computes the mean over the tokens that count. The tokens of further layers count as additional tokens.</summary>
    private static void Mean(
        ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, ReadOnlySpan<float> weights, Span<float> destination)
    {
        float weight = Sum(hidden, width, mask, weights, destination);
        TensorPrimitives.Divide(destination, MathF.Max(weight, MinWeight), destination);
    }

    private static void MeanSqrtLength(
        ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, ReadOnlySpan<float> weights, Span<float> destination)
    {
        float weight = Sum(hidden, width, mask, weights, destination);
        TensorPrimitives.Divide(destination, MathF.Sqrt(MathF.Max(weight, MinWeight)), destination);
    }

    /// <summary>Computes the mean over the tokens that count, each with the weight of its position, 1 for the first.</summary>
    private static void WeightedMean(ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, Span<float> destination)
    {
        destination.Clear();
        float sum = 0;
        for (int token = 0; token * width < hidden.Length; token++)
        {
            if (!mask.IsEmpty && mask[token] == 0)
                continue;
            TensorPrimitives.MultiplyAdd(hidden.Slice(token * width, width), token + 1, destination, destination);
            sum += token + 1;
        }
        TensorPrimitives.Divide(destination, MathF.Max(sum, MinWeight), destination);
    }

    /// <summary>Copies the state of the last token that counts; zeros if none does.</summary>
    private static void LastToken(ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, Span<float> destination)
    {
        int token = mask.IsEmpty ? hidden.Length / width - 1 : mask.LastIndexOfAnyExcept(0);
        if (token < 0)
            destination.Clear();
        else
            hidden.Slice(token * width, width).CopyTo(destination);
    }

    /// <summary>
    /// Adds up the weighted states of the tokens that count. Returns the sum of the weights, or the number of tokens if there are no
    /// weights.
    /// </summary>
    private static float Sum(
        ReadOnlySpan<float> hidden, int width, ReadOnlySpan<long> mask, ReadOnlySpan<float> weights, Span<float> destination)
    {
        destination.Clear();
        float sum = 0;
        for (int token = 0; token * width < hidden.Length; token++)
        {
            if (!mask.IsEmpty && mask[token % mask.Length] == 0)
                continue;
            float weight = weights.IsEmpty ? 1 : weights[token % weights.Length];
            TensorPrimitives.MultiplyAdd(hidden.Slice(token * width, width), weight, destination, destination);
            sum += weight;
        }
        return sum;
    }

    private static Span<float> Next(ref Span<float> rest, int width)
    {
        Span<float> next = rest[..width];
        rest = rest[width..];
        return next;
    }
}
