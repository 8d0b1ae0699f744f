namespace Bert.MLNet.Models.Families;

/// <summary>
/// Attention whose scores also depend on how a query's content goes with the distance of a key, and a key's content with that distance
/// (He et al., 2021, arXiv:2006.03654, section 3.1). One table of distances serves all layers.
/// </summary>
/// <param name="Table">The canonical name of the embeddings of distances, [2 × span, hidden].</param>
/// <param name="Span">Rows of the table for either sign of a distance.</param>
internal sealed record DisentangledAttention(string Table, int Span)
{
    /// <summary>The canonical name of a LayerNorm of the table; null for none.</summary>
    public string? Norm { get; init; }

    /// <summary>Whether far distances share rows, in buckets whose width grows with the distance.</summary>
    public bool HasBuckets { get; init; }

    /// <summary>Distances from which on all are the same.</summary>
    public int MaxDistance { get; init; }

    /// <summary>Whether content meets the positions of keys (<c>c2p</c>).</summary>
    public bool ContentToPosition { get; init; }

    /// <summary>Whether the positions of queries meet content (<c>p2c</c>).</summary>
    public bool PositionToContent { get; init; }

    /// <summary>Whether distances go through the linear functions of queries and keys, and have none of their own.</summary>
    public bool SharesProjections { get; init; }

    /// <summary>What the width of a head is multiplied with under the root that divides scores.</summary>
    public int ScaleFactor => 1 + (ContentToPosition ? 1 : 0) + (PositionToContent ? 1 : 0);

    /// <summary>The part of attention, within its layer, that makes keys of distances.</summary>
    public string KeyProjection => SharesProjections ? "key" : "position_key";

    /// <summary>The part of attention, within its layer, that makes queries of distances.</summary>
    public string QueryProjection => SharesProjections ? "query" : "position_query";

    /// <summary>The row of the table for a distance.</summary>
    /// <param name="distance">The query's position less the key's.</param>
    public int Row(int distance) => Math.Clamp(Bucket(distance) + Span, 0, 2 * Span - 1);

    /// <summary>The rows for all distances from <paramref name="from"/> on.</summary>
    public long[] Rows(int from, int count) => [.. Enumerable.Range(from, count).Select(distance => (long)Row(distance))];

    /// <summary>The number of a distance: itself where it is near.</summary>
    public int Bucket(int distance)
    {
        int magnitude = Math.Abs(distance), half = Span / 2;
        if (!HasBuckets || magnitude <= half)
            return distance;
        // In single precision, as the reference computes it: that decides on which side of a border a distance falls.
        float share = MathF.Log((float)magnitude / half) / MathF.Log((float)((MaxDistance - 1) / (double)half));
        return Math.Sign(distance) * ((int)MathF.Ceiling(share * (half - 1)) + half);
    }
}
