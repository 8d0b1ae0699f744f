using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>The options for turning a checkpoint into static embeddings; see <see cref="BertStaticModel.ToStatic"/>. Immutable.</summary>
public sealed record BertStaticOptions
{
    /// <summary>
    /// The number of values of a vector: that many principal components of the tokens' vectors are kept. Null: the vectors are not
    /// changed. Default 256.
    /// </summary>
    public int? Dimension { get; init; } = 256;

    /// <summary>
    /// The value a in the weight a / (a + p) of a token with the share p of all tokens (SIF; see <see cref="SmoothInverseFrequency"/>).
    /// Null: all tokens weigh the same. Default 0.0001.
    /// </summary>
    public double? SifCoefficient { get; init; } = 1e-4;

    /// <summary>
    /// The number of occurrences of each token in a corpus, by token id. Default null: shares by Zipf's law, as vocabularies are
    /// usually sorted by frequency.
    /// </summary>
    public IReadOnlyList<long>? TokenCounts { get; init => field = ContentList<long>.OfOrNull(value); }

    /// <summary>The numbers in the table. Default <see cref="BertStaticPrecision.Float16"/>.</summary>
    public BertStaticPrecision Precision { get; init; } = BertStaticPrecision.Float16;

    /// <summary>Whether the vectors of texts are scaled to length 1. Default true.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>How many threads compute the tokens' vectors. Default: those of <see cref="BertBatchOptions"/>.</summary>
    public BertBatchOptions Batching { get; init; } = new();
}
