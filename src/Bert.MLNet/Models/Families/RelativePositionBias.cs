namespace Bert.MLNet.Models.Families;

/// <summary>
/// A learned bias of attention scores for each head and bucket of distances (Raffel et al., 2020, arXiv:1910.10683, section 2.1). Half of
/// the buckets are for keys before the query, half for those after it. Near distances have separate buckets; far ones share buckets whose
/// width grows with the logarithm.
/// </summary>
/// <param name="Weight">The canonical name of the biases, [rows, heads], which all layers share.</param>
/// <param name="Rows">The number of rows of the table, at least one for each bucket.</param>
internal sealed record RelativePositionBias(string Weight, int Rows)
{
    /// <summary>The number of buckets. In HuggingFace's classes, it does not depend on the number of rows.</summary>
    public const int Buckets = 32;

    // Farther keys share the last bucket. In the classes that use this scheme, this is a default that no config changes.
    private const int MaxDistance = 128;

    /// <summary>Gets the bucket of a key.</summary>
    /// <param name="distance">The key's position minus the query's.</param>
    public static int Bucket(int distance)
    {
        const int half = Buckets / 2, exact = half / 2;
        int side = distance > 0 ? half : 0;
        int magnitude = Math.Abs(distance);
        if (magnitude < exact)
            return side + magnitude;
        // In single precision, like the reference, because rounding determines the bucket at a boundary.
        float share = MathF.Log((float)magnitude / exact) / (float)Math.Log((double)MaxDistance / exact);
        return side + Math.Min(half - 1, exact + (int)(share * (half - exact)));
    }

    /// <summary>Returns the buckets of all distances from <c>-(length - 1)</c> to <c>length - 1</c>, in that order.</summary>
    public static long[] Table(int length) => [.. Enumerable.Range(1 - length, 2 * length - 1).Select(distance => (long)Bucket(distance))];
}
