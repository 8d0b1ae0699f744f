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

    /// <summary>Changes the scores of tokens, and excludes those that may not follow a text.</summary>
    /// <param name="scores">The scores of the next token; those of excluded tokens become minus infinity.</param>
    /// <param name="all">The logarithm of the sum of their exponentials.</param>
    /// <param name="text">The tokens so far.</param>
    /// <param name="options">The options.</param>
    /// <param name="end">The token that ends a text.</param>
    public static void Process(Span<float> scores, double all, ReadOnlySpan<int> text, BertGenerationOptions options, int end)
    {
        if (options.RepetitionPenalty != 1)
            PenalizeRepetition(scores, options.NumBeams > 1 ? (float)all : 0, text, (float)options.RepetitionPenalty);
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
        int? only = (text.Length == options.MaxLength - 1 ? options.ForcedEosTokenId : null)
            ?? (text.Length == 1 ? options.ForcedBosTokenId : null);
        if (only is { } forced)
        {
            scores.Fill(float.NegativeInfinity);
            scores[forced] = (float)all; // its probability is 1
        }
    }

    /// <summary>Multiplies negative scores of the tokens of a text by a penalty, and divides others (Keskar et al., 2019).</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="zero">What is subtracted from scores before: the value that turns them into logarithms of probabilities, or 0.</param>
    /// <param name="text">The tokens.</param>
    /// <param name="penalty">The penalty.</param>
    private static void PenalizeRepetition(Span<float> scores, float zero, ReadOnlySpan<int> text, float penalty)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[..i].Contains(text[i]))
                continue;
            ref float score = ref scores[text[i]];
            float value = score - zero;
            score = zero + (value < 0 ? value * penalty : value / penalty);
        }
    }

    /// <summary>Divides the logarithm of a probability by a power of the length.</summary>
    /// <param name="logProbability">The logarithm of the text's probability.</param>
    /// <param name="length">The number of its tokens, without the start token.</param>
    /// <param name="penalty">The exponent.</param>
    public static double Penalized(double logProbability, int length, double penalty) => logProbability / Math.Pow(length, penalty);
}
