using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>
/// How central sentences are among each other (Erkan and Radev, 2004, "LexRank: Graph-based Lexical Centrality as Salience in Text
/// Summarization").
/// </summary>
internal static class LexRank
{
    // The share of jumps to any sentence, as in the paper.
    private const double Damping = 0.15;
    private const double Tolerance = 1e-10;
    private const int MostIterations = 1000;

    /// <summary>The cosines of all pairs of vectors, row by row; those below 0 are 0, and those of a vector with itself 1.</summary>
    public static float[] Similarities(IReadOnlyList<float[]> vectors)
    {
        int count = vectors.Count;
        float[] similarities = new float[count * count];
        for (int i = 0; i < count; i++)
        {
            similarities[i * count + i] = 1;
            for (int j = 0; j < i; j++)
            {
                float cosine = Math.Max(0, BertSimilarity.Cosine.Compute(vectors[i], vectors[j]));
                similarities[i * count + j] = similarities[j * count + i] = cosine;
            }
        }
        return similarities;
    }

    /// <summary>
    /// The stationary distribution of a walk that goes on to sentences in proportion to their similarity, or jumps to any; by power
    /// iteration.
    /// </summary>
    /// <param name="similarities">The similarities, row by row.</param>
    /// <param name="count">The number of sentences.</param>
    /// <param name="threshold">
    /// The similarity above which sentences are neighbours, all alike; null for similarities as weights (continuous LexRank).
    /// </param>
    /// <returns>A probability for each sentence; they add up to 1.</returns>
    public static double[] Centralities(float[] similarities, int count, float? threshold)
    {
        double[][] steps = [.. Enumerable.Range(0, count).Select(row => Steps(similarities.AsSpan(row * count, count), row, threshold))];
        double[] current = new double[count], next = new double[count];
        Array.Fill(current, 1.0 / count);
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            Array.Fill(next, Damping / count);
            for (int row = 0; row < count; row++)
                TensorPrimitives.MultiplyAdd(steps[row], (1 - Damping) * current[row], next, next);
            bool settled = TensorPrimitives.Distance<double>(current, next) < Tolerance;
            (current, next) = (next, current);
            if (settled)
                break;
        }
        return current;
    }

    // The probabilities of the next sentence after one of them.
    private static double[] Steps(ReadOnlySpan<float> similarities, int self, float? threshold)
    {
        double[] weights = new double[similarities.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = threshold is { } least ? i == self || similarities[i] > least ? 1 : 0 : similarities[i];
        TensorPrimitives.Divide(weights, TensorPrimitives.Sum<double>(weights), weights);
        return weights;
    }
}
