using System.Globalization;
using System.Numerics.Tensors;
using Bert.MLNet.Evaluation;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>The STS benchmark: how well the cosine of two sentences' vectors agrees with human scores.</summary>
internal static class Similarity
{
    /// <summary>Spearman's rank correlation, 0 to 100, between cosines and scores.</summary>
    /// <param name="csv">Rows of sentence, sentence, score, without a header.</param>
    /// <param name="embed">Converts texts to vectors.</param>
    public static double Spearman(string csv, Func<IReadOnlyList<string>, float[][]> embed)
    {
        string[][] rows = [.. Csv.Read(csv)];
        float[][] first = embed([.. rows.Select(row => row[0])]);
        float[][] second = embed([.. rows.Select(row => row[1])]);
        double[] cosines = [.. first.Zip(second, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b))];
        return 100 * Correlation.Spearman(cosines, [.. rows.Select(row => double.Parse(row[2], CultureInfo.InvariantCulture))]);
    }
}
