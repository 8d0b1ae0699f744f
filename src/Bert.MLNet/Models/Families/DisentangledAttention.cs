namespace Bert.MLNet.Models.Families;

/// <summary>
/// Attention scores that also relate the content of tokens to their distance (He et al., 2021, arXiv:2006.03654, section 3.1). A query's
/// content is related to its distance from a key, and the key's content to the same distance. All layers share one table of distance
/// embeddings.
/// </summary>
/// <param name="Table">The canonical name of the distance embeddings, [2 × span, hidden].</param>
/// <param name="Span">The number of rows of the table for each sign of a distance.</param>
internal sealed record DisentangledAttention(string Table, int Span)
{
    /// <summary>The canonical name of the table's LayerNorm; null if it has none.</summary>
    public string? Norm { get; init; }

    /// <summary>Whether far distances share rows, in buckets whose width grows with the distance.</summary>
    public bool HasBuckets { get; init; }

    /// <summary>The distance from which on all distances are treated as equal.</summary>
    public int MaxDistance { get; init; }

    /// <summary>Whether scores relate the content of queries to the positions of keys (<c>c2p</c>).</summary>
    public bool ContentToPosition { get; init; }

    /// <summary>Whether scores relate the positions of queries to the content of keys (<c>p2c</c>).</summary>
    public bool PositionToContent { get; init; }

    /// <summary>Whether distances use the linear layers of queries and keys instead of separate ones.</summary>
    public bool SharesProjections { get; init; }

    /// <summary>The name within a layer's attention of the linear layer that computes the keys of distances.</summary>
    public string KeyProjection => SharesProjections ? "key" : "position_key";

    /// <summary>The name within a layer's attention of the linear layer that computes the queries of distances.</summary>
    public string QueryProjection => SharesProjections ? "query" : "position_query";

    /// <summary>Returns the table row for a distance.</summary>
    /// <param name="distance">The position of the query minus that of the key.</param>
    public int Row(int distance) => Math.Clamp(Bucket(distance) + Span, 0, 2 * Span - 1);

    /// <summary>Returns the table rows for all distances from <paramref name="from"/> on.</summary>
    public long[] Rows(int from, int count) => [.. Enumerable.Range(from, count).Select(distance => (long)Row(distance))];

    /// <summary>Returns the bucket of a distance, which is the distance itself for near tokens.</summary>
    public int Bucket(int distance)
    {
        int magnitude = Math.Abs(distance), half = Span / 2;
        if (!HasBuckets || magnitude <= half)
            return distance;
        // Computed in single precision like the reference, because rounding determines the bucket at a boundary.
        float share = MathF.Log((float)magnitude / half) / MathF.Log((float)((MaxDistance - 1) / (double)half));
        return Math.Sign(distance) * ((int)MathF.Ceiling(share * (half - 1)) + half);
    }
}
