using System.Numerics.Tensors;

namespace Bert.MLNet.Attention;

/// <summary>The attention probabilities of some tokens (queries) to others (keys). Immutable and thread-safe.</summary>
/// <param name="Queries">The tokens that attend.</param>
/// <param name="Keys">The tokens that are attended to.</param>
/// <param name="Layers">The number of layers.</param>
/// <param name="Heads">The number of heads of a layer.</param>
/// <param name="Probabilities">The probabilities, [layers, heads, queries, keys].</param>
internal sealed record AttentionValues(
    IReadOnlyList<string> Queries, IReadOnlyList<string> Keys, int Layers, int Heads, float[] Probabilities)
{
    /// <summary>Gets the probability with which one token attends to another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public float this[int layer, int head, int query, int key]
    {
        get
        {
            Check(key, Keys.Count, nameof(key));
            return Of(layer, head, query)[key];
        }
    }

    /// <summary>Gets the attention of one token to all, as probabilities that add up to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public ReadOnlySpan<float> Of(int layer, int head, int query)
    {
        Check(layer, Layers, nameof(layer));
        Check(head, Heads, nameof(head));
        Check(query, Queries.Count, nameof(query));
        return Probabilities.AsSpan(((layer * Heads + head) * Queries.Count + query) * Keys.Count, Keys.Count);
    }

    /// <summary>Gets the probabilities of a head, or means over several: a row for each query.</summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public IReadOnlyList<float[]> Mean(int? layer, int? head)
    {
        int[] layers = layer is { } one ? [one] : [.. Enumerable.Range(0, Layers)];
        int[] heads = head is { } other ? [other] : [.. Enumerable.Range(0, Heads)];
        float[][] rows = [.. Queries.Select(_ => new float[Keys.Count])];
        for (int query = 0; query < rows.Length; query++)
        {
            foreach (int l in layers)
            {
                foreach (int h in heads)
                    TensorPrimitives.MultiplyAdd(Of(l, h, query), 1f / (layers.Length * heads.Length), rows[query], rows[query]);
            }
        }
        return rows;
    }

    private static void Check(int value, int count, string name)
    {
        if (value < 0 || value >= count)
            throw new ArgumentOutOfRangeException(name, $"There is no {name} {value}; valid values are 0 to {count - 1}.");
    }
}
