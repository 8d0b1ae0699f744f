namespace Bert.MLNet;

/// <summary>The vector of a text.</summary>
/// <param name="Vector">As many values as <see cref="BertEmbeddingTransformer.Dimension"/> says. It is the receiver's own.</param>
/// <param name="TokenCount">The tokens that were read: those of prompt and text after the cut, <c>[CLS]</c> and <c>[SEP]</c> included.</param>
/// <remarks>Two are equal if their values are.</remarks>
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
