namespace Bert.MLNet;

/// <summary>The vector of a text.</summary>
/// <param name="Vector">
/// The values; their number is <see cref="BertEmbeddingTransformer.Dimension"/>. The memory is not shared with other results.
/// </param>
/// <param name="TokenCount">
/// The number of tokens that were read: prompt and text after truncation, <c>[CLS]</c> and <c>[SEP]</c> included.
/// </param>
/// <remarks>Two embeddings are equal if their values are equal.</remarks>
public readonly record struct BertEmbedding(ReadOnlyMemory<float> Vector, int TokenCount)
{
    /// <inheritdoc/>
    public bool Equals(BertEmbedding other) => TokenCount == other.TokenCount && Vector.Span.SequenceEqual(other.Vector.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(TokenCount);
        foreach (float value in Vector.Span)
            hash.Add(value);
        return hash.ToHashCode();
    }
}
