namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A search over vectors in one of several forms.</summary>
/// <param name="Name">The form.</param>
/// <param name="Bytes">The bytes of a vector.</param>
/// <param name="Find">Returns the places of the vectors nearest to a query, the nearest first.</param>
internal sealed record CompactSearch(string Name, int Bytes, Func<ReadOnlyMemory<float>, int, int[]> Find)
{
    /// <summary>All forms.</summary>
    public static IEnumerable<CompactSearch> All(ReadOnlyMemory<float>[] vectors)
    {
        int size = vectors[0].Length, bits = (size + 7) / 8;
        yield return new("single precision", sizeof(float) * size, (query, count) => Exact(query.Span, vectors, count));
        sbyte[][] int8 = Array.ConvertAll(vectors, vector => BertVectorQuantization.ToInt8(vector.Span));
        yield return new("int8", size, (query, count) => Top(int8, vector => BertVectorQuantization.Cosine(query.Span, vector), count));
        byte[][] binary = Array.ConvertAll(vectors, vector => BertVectorQuantization.ToBinary(vector.Span));
        yield return new("binary", bits, (query, count) =>
        {
            byte[] asked = BertVectorQuantization.ToBinary(query.Span);
            return Top(binary, vector => -BertVectorQuantization.HammingDistance(asked, vector), count);
        });
        var index = new BertVectorIndex(vectors);
        foreach (int factor in (int[])[4, 10])
        {
            yield return new($"binary, {factor} times as many rescored in int8", size + bits, (query, count) =>
                [.. index.Search(query.Span, count, factor).Select(found => found.Index)]);
        }
    }

    /// <summary>The nearest vectors by their cosine in single precision.</summary>
    public static int[] Exact(ReadOnlySpan<float> query, ReadOnlyMemory<float>[] vectors, int count)
    {
        float[] asked = query.ToArray();
        return Top(vectors, vector => BertSimilarity.Cosine.Compute(asked, vector.Span), count);
    }

    private static int[] Top<T>(T[] vectors, Func<T, float> score, int count) =>
        [.. vectors.Select(score).Index().OrderByDescending(scored => scored.Item).ThenBy(scored => scored.Index).Take(count)
            .Select(scored => scored.Index)];
}
