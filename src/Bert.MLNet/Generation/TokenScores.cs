using System.Numerics.Tensors;

namespace Bert.MLNet.Generation;

/// <summary>Computes with the scores of a vocabulary.</summary>
internal static class TokenScores
{
    private const int Chunk = 512;

    /// <summary>Computes the logarithm of the sum of the exponentials, which turns scores into logarithms of probabilities.</summary>
    public static double LogSumExp(ReadOnlySpan<float> scores)
    {
        float most = TensorPrimitives.Max(scores);
        Span<float> some = stackalloc float[Chunk];
        double sum = 0;
        for (int start = 0; start < scores.Length; start += Chunk)
        {
            ReadOnlySpan<float> part = scores.Slice(start, Math.Min(Chunk, scores.Length - start));
            Span<float> values = some[..part.Length];
            TensorPrimitives.Subtract(part, most, values);
            TensorPrimitives.Exp(values, values);
            sum += TensorPrimitives.Sum<float>(values);
        }
        return most + Math.Log(sum);
    }

    /// <summary>Excludes the tokens that may not follow a text.</summary>
    /// <param name="scores">The scores of the next token; those of excluded tokens become minus infinity.</param>
    /// <param name="text">The tokens so far.</param>
    /// <param name="options">The options.</param>
    /// <param name="end">The token that ends a text.</param>
    public static void Exclude(Span<float> scores, ReadOnlySpan<int> text, BertGenerationOptions options, int end)
    {
        int size = options.NoRepeatNgramSize;
        if (size > 0 && text.Length >= size)
        {
            ReadOnlySpan<int> last = text[^(size - 1)..];
            for (int start = 0; start + size <= text.Length; start++)
            {
                if (text.Slice(start, size - 1).SequenceEqual(last))
                    scores[text[start + size - 1]] = float.NegativeInfinity;
            }
        }
        if (text.Length < options.MinLength)
            scores[end] = float.NegativeInfinity;
    }

    /// <summary>Divides the logarithm of a probability by a power of the length.</summary>
    /// <param name="logProbability">The logarithm of the text's probability.</param>
    /// <param name="length">The number of its tokens, without the start token.</param>
    /// <param name="penalty">The exponent.</param>
    public static double Penalized(double logProbability, int length, double penalty) => logProbability / Math.Pow(length, penalty);
}
