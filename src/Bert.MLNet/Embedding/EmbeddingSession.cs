namespace Bert.MLNet.Embeddings;

/// <summary>A model that is open for computing vectors.</summary>
/// <param name="embed">Computes the vectors of texts.</param>
/// <param name="owner">What is disposed of with the session; null for nothing.</param>
internal sealed class EmbeddingSession(
    Func<IReadOnlyList<string>, CancellationToken, IReadOnlyList<ReadOnlyMemory<float>>> embed, IDisposable? owner) : IDisposable
{
    public IReadOnlyList<ReadOnlyMemory<float>> Embed(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        embed(texts, cancellationToken);

    public void Dispose() => owner?.Dispose();
}
