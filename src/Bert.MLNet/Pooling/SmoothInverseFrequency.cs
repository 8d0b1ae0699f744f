namespace Bert.MLNet;

/// <summary>
/// Computes token weights that let rare tokens count more than frequent ones in the mean of a text.
/// </summary>
/// <remarks>
/// The weight is a / (a + p), where p is the token's share of all tokens (Arora, Liang and Ma, 2017, "A simple but tough-to-beat
/// baseline for sentence embeddings").
/// </remarks>
public static class SmoothInverseFrequency
{
    /// <summary>The value of a in the paper's experiments.</summary>
    internal const double DefaultA = 1e-3;

    /// <summary>Counts the tokens of texts and computes a weight for each token of the vocabulary.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="texts">The texts, preferably many and varied. Each is read once. Null is treated as empty text.</param>
    /// <param name="a">The share of all tokens at which a token weighs one half; above 0. Default 0.001.</param>
    /// <returns>
    /// A weight from 0 to 1 for each token id, for <see cref="BertSentenceOptions.TokenWeights"/>. Tokens that do not occur in the
    /// texts weigh 1; special tokens weigh 0.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="a"/> is not a number above 0.</exception>
    /// <exception cref="ArgumentException">The texts contain no tokens.</exception>
    public static float[] Weights(BertTokenizer tokenizer, IEnumerable<string?> texts, double a = DefaultA)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        long[] counts = new long[tokenizer.Vocabulary.Size];
        var ids = new List<int>();
        foreach (string? text in texts)
        {
            ids.Clear();
            tokenizer.EncodeTo(text ?? "", ids);
            foreach (int id in ids)
                counts[id]++;
        }
        return Weights(tokenizer, counts, a);
    }

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="counts">The number of occurrences of each token, by id.</param>
    /// <param name="a">The share of all tokens at which a token weighs one half; above 0.</param>
    internal static float[] Weights(BertTokenizer tokenizer, ReadOnlySpan<long> counts, double a = DefaultA)
    {
        if (!(a > 0 && double.IsFinite(a)))
            throw new ArgumentOutOfRangeException(
                nameof(a), $"{nameof(a)} is {a}; the share at which a token weighs one half must be above 0, and is usually 0.001.");
        double total = 0;
        foreach (long count in counts)
            total += count;
        if (total == 0)
            throw new ArgumentException(
                "The texts contain no tokens to count. Pass texts similar to those that the model will read.", nameof(counts));
        float[] weights = new float[counts.Length];
        for (int id = 0; id < counts.Length; id++)
            weights[id] = (float)(a / (a + counts[id] / total));
        foreach (int special in new[] { tokenizer.ClsTokenId, tokenizer.SepTokenId, tokenizer.PadTokenId }.Where(id => id >= 0))
            weights[special] = 0;
        return weights;
    }
}
