using AllMiniLmL6V2Sharp;
using TheirTokenizer = AllMiniLmL6V2Sharp.Tokenizer.BertTokenizer;

namespace Bert.MLNet.Benchmarks;

/// <summary>The package AllMiniLmL6V2Sharp, which is given the model.</summary>
internal sealed class AllMiniLmContender : IDisposable
{
    private readonly TheirTokenizer _tokenizer;
    private readonly AllMiniLmL6V2Embedder _embedder;

    public AllMiniLmContender(ExportedMiniLM model)
    {
        _tokenizer = new(model.VocabularyFile);
        _embedder = new(model.GraphFile, _tokenizer);
    }

    public Contender OneByOne =>
        new("AllMiniLmL6V2Sharp, one by one", Environment.ProcessorCount,
            texts => [.. texts.Select(text => _embedder.GenerateEmbedding(text).ToArray())]);

    public Contender Batched => new($"AllMiniLmL6V2Sharp, {Library.Batch} a call", Environment.ProcessorCount, texts =>
        [.. texts.Chunk(Library.Batch).SelectMany(batch => _embedder.GenerateEmbeddings(batch).Select(vector => vector.ToArray()))]);

    public int[] Tokens(string text) => [.. _tokenizer.Tokenize(text).Select(token => (int)token.VocabularyIndex)];

    public void Dispose() => _embedder.Dispose();
}
