using System.Numerics.Tensors;

namespace Bert.MLNet;

/// <summary>Computes similarities of vectors.</summary>
public static class BertSimilarityExtensions
{
    private static readonly (BertSimilarity Similarity, string Name)[] s_names =
    [
        (BertSimilarity.Cosine, "cosine"), (BertSimilarity.Dot, "dot"), (BertSimilarity.Euclidean, "euclidean"),
        (BertSimilarity.Manhattan, "manhattan"),
    ];

    /// <summary>The names in files, for messages.</summary>
    internal static string FileNames { get; } = string.Join(", ", s_names.Select(known => known.Name));

    /// <summary>Computes the similarity of two vectors, as sentence-transformers' function of the same name does.</summary>
    /// <param name="similarity">The function.</param>
    /// <param name="first">The first vector.</param>
    /// <param name="second">The second vector, of the same length.</param>
    /// <returns>The similarity. The cosine is 0 if one of the vectors is zero.</returns>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="similarity"/> is not one of the functions.</exception>
    public static float Compute(this BertSimilarity similarity, ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException(
                $"The vectors have {first.Length} and {second.Length} values. Compare vectors of one model.", nameof(second));
        return similarity switch
        {
            BertSimilarity.Cosine => Cosine(first, second),
            BertSimilarity.Dot => TensorPrimitives.Dot(first, second),
            BertSimilarity.Euclidean => -TensorPrimitives.Distance(first, second),
            BertSimilarity.Manhattan => -SumOfDifferences(first, second),
            _ => throw new ArgumentOutOfRangeException(
                nameof(similarity),
                $"{nameof(similarity)} is {similarity}; choose one of {string.Join(", ", Enum.GetNames<BertSimilarity>())}."),
        };
    }

    /// <summary>Finds a function by its name in files, or returns null if there is none.</summary>
    internal static BertSimilarity? Parse(string name) =>
        s_names.Where(known => known.Name == name).Select(known => (BertSimilarity?)known.Similarity).FirstOrDefault();

    /// <summary>The name of a function in files.</summary>
    internal static string FileName(this BertSimilarity similarity) => s_names.First(known => known.Similarity == similarity).Name;

    private static float Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        float norms = TensorPrimitives.Norm(first) * TensorPrimitives.Norm(second);
        return norms > 0 ? Math.Clamp(TensorPrimitives.Dot(first, second) / norms, -1, 1) : 0;
    }

    private static float SumOfDifferences(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        float sum = 0;
        for (int i = 0; i < first.Length; i++)
            sum += Math.Abs(first[i] - second[i]);
        return sum;
    }
}
