using System.Globalization;
using System.Numerics.Tensors;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>The STS benchmark: does the cosine of two sentences' vectors rank pairs as people do?</summary>
internal static class Similarity
{
    /// <summary>Spearman's rank correlation, 0 to 100, between cosines and scores.</summary>
    /// <param name="csv">Rows of sentence, sentence, score, without a header.</param>
    /// <param name="embed">Texts to vectors.</param>
    public static double Spearman(string csv, Func<IReadOnlyList<string>, float[][]> embed)
    {
        string[][] rows = [.. Csv.Read(csv)];
        float[][] first = embed([.. rows.Select(row => row[0])]);
        float[][] second = embed([.. rows.Select(row => row[1])]);
        double[] cosines = [.. first.Zip(second, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b))];
        return 100 * Correlation(Ranks(cosines), Ranks([.. rows.Select(row => double.Parse(row[2], CultureInfo.InvariantCulture))]));
    }

    private static double[] Ranks(double[] values)
    {
        double[] ranks = new double[values.Length];
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]])
                end++;
            for (int i = start; i < end; i++)
                ranks[order[i]] = (start + end - 1) / 2.0;
            start = end;
        }
        return ranks;
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double product = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return product / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
