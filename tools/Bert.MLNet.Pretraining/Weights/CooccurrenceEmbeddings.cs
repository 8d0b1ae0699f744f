using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Computes token vectors from counts: factorized positive pointwise mutual information within a window (Levy and Goldberg, 2014, "Neural
/// Word Embedding as Implicit Matrix Factorization"). With these initial token embeddings, a masked language model starts with most of what
/// it would learn first.
/// </summary>
internal static class CooccurrenceEmbeddings
{
    /// <returns>[vocabulary × width], rows with equal root mean square; rows of unseen tokens are small and random.</returns>
    /// <param name="corpus">The text.</param>
    /// <param name="vocabularySize">The number of rows. Its square is allocated in floats, 1 GB for 16,384.</param>
    /// <param name="width">Columns.</param>
    /// <param name="options">Window, smoothing, scale.</param>
    /// <exception cref="OverflowException">The vocabulary has more than 46,340 tokens.</exception>
    public static float[] Train(TokenCorpus corpus, int vocabularySize, int width, CooccurrenceOptions options)
    {
        float[] counts = Count(corpus, vocabularySize, options.Window);
        ToPositiveMutualInformation(counts, vocabularySize, options.ContextSmoothing);
        return Factorise(counts, vocabularySize, width, options);
    }

    // Symmetric; a neighbor at distance d counts 1/d.
    private static float[] Count(TokenCorpus corpus, int size, int window)
    {
        float[] counts = new float[checked(size * size)];
        for (int document = 0; document < corpus.DocumentStarts.Length; document++)
        {
            ReadOnlySpan<ushort> ids = corpus.Document(document);
            for (int i = 0; i < ids.Length; i++)
            {
                for (int d = 1; d <= window && i + d < ids.Length; d++)
                    counts[ids[i] * size + ids[i + d]] += 1f / d;
            }
        }
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
                counts[i * size + j] = counts[j * size + i] = counts[i * size + j] + counts[j * size + i];
        }
        return counts;
    }

    private static void ToPositiveMutualInformation(float[] counts, int size, double smoothing)
    {
        double[] totals = new double[size];
        Workers.Share(size, Environment.ProcessorCount, (_, i) =>
        {
            double total = 0;
            foreach (float count in counts.AsSpan(i * size, size))
                total += count;
            totals[i] = total;
        });
        double[] smoothed = [.. totals.Select(total => Math.Pow(total, smoothing))];
        double sum = smoothed.Sum();
        Workers.Share(size, Environment.ProcessorCount, (_, i) =>
        {
            Span<float> row = counts.AsSpan(i * size, size);
            for (int j = 0; j < size; j++)
                row[j] = row[j] == 0 ? 0 : MathF.Max(0, MathF.Log((float)(row[j] * sum / (totals[i] * smoothed[j]))));
        });
    }

    // Randomized subspace iteration (Halko, Martinsson and Tropp, 2011, arXiv:0909.4061); vectors are left singular vectors times the root
    // of their values.
    private static float[] Factorise(float[] matrix, int size, int width, CooccurrenceOptions options)
    {
        using var quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(options.Seed);
        Tensor m = from_array(matrix).view(size, size);
        Tensor basis = randn(size, width + 32);
        for (int i = 0; i < 4; i++)
            basis = linalg.qr(m.matmul(m.t().matmul(basis))).Q;
        var (u, s, _) = linalg.svd(basis.t().matmul(m), fullMatrices: false);
        Tensor vectors = basis.matmul(u).narrow(1, 0, width) * s.narrow(0, 0, width).sqrt();
        Tensor norms = vectors.Squared().mean(new long[] { 1 }, keepdim: true).sqrt();
        Tensor seen = norms.IsAbove(1e-6);
        vectors = where(seen, (vectors / norms.AtLeast(1e-6)).Times(options.Deviation), randn(size, width).Times(options.Deviation / 4));
        return vectors.data<float>().ToArray();
    }
}
