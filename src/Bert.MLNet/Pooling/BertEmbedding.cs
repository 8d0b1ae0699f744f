namespace Bert.MLNet;

/// <summary>The vector of a text.</summary>
/// <param name="Vector">As many values as <see cref="BertEmbeddingTransformer.Dimension"/> says. It is the receiver's own.</param>
/// <param name="TokenCount">The tokens that were read: those of prompt and text after the cut, <c>[CLS]</c> and <c>[SEP]</c> included.</param>
public readonly record struct BertEmbedding(ReadOnlyMemory<float> Vector, int TokenCount);
