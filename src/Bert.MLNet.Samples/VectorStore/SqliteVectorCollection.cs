using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Bert.MLNet.Samples.VectorStore;

/// <summary>
/// A collection of Microsoft.Extensions.VectorData in a SQLite file. The text of a record that is marked with
/// <see cref="VectorStoreVectorAttribute"/> is embedded when the record is added, and so is the text that is searched for.
/// </summary>
/// <remarks>
/// <para>
/// The file has the records as JSON and their vectors in single precision. Searches use a <see cref="BertVectorIndex"/> in memory.
/// </para>
/// <para>Thread-safe; several processes can share a file.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "It is a collection in the sense of Microsoft.Extensions.VectorData.")]
public sealed class SqliteVectorCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly SemaphoreSlim _gate = new(1); // a connection has one user at a time
    private readonly RecordMapping<TKey, TRecord> _mapping;
    private readonly SqliteTable _table;
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly string _path;

    /// <param name="path">The SQLite file, which is created if it does not exist.</param>
    /// <param name="name">The name of the collection. Vectors of different models need different collections.</param>
    /// <param name="generator">Embeds texts. Its owner disposes of it.</param>
    /// <param name="dimensions">The number of values of a vector; null for that of the attribute.</param>
    public SqliteVectorCollection(
        string path, string name, IEmbeddingGenerator<string, Embedding<float>> generator, int? dimensions = null)
    {
        _mapping = new RecordMapping<TKey, TRecord>(dimensions);
        (_path, Name, _generator) = (path, name, generator);
        _table = new SqliteTable(path, name, _mapping.Dimensions);
    }

    public override string Name { get; }

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => _table.Exists, cancellationToken);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(_table.Create, cancellationToken);

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        RunAsync(_table.Drop, cancellationToken);

    public override Task<TRecord?> GetAsync(
        TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        RefuseVectors(options?.IncludeVectors);
        return RunAsync(() => _table.Find(key) is { } record ? _mapping.Read(record) : null, cancellationToken);
    }

    public override async IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RefuseVectors(options?.IncludeVectors);
        Func<TRecord, bool> passes = filter.Compile();
        TRecord[] found = await RunAsync(() => Sorted(
            _table.Records().Select(_mapping.Read).Where(passes), options).Skip(options?.Skip ?? 0).Take(top).ToArray(), cancellationToken);
        foreach (TRecord record in found)
            yield return record;
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default) =>
        UpsertAsync([record], cancellationToken);

    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        TRecord[] added = [.. records];
        float[][] vectors = await EmbedAsync(added.Select(_mapping.TextOf), cancellationToken);
        await RunAsync(() => _table.Upsert(
            added.Zip(vectors, (record, vector) => ((object)_mapping.KeyOf(record), _mapping.Write(record), vector))), cancellationToken);
    }

    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default) =>
        RunAsync(() => _table.Delete(key), cancellationToken);

    /// <param name="searchValue">The text to search for, or its vector.</param>
    /// <param name="top">The maximum number of records.</param>
    /// <param name="options">A filter, the number of results to skip, and the least cosine.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>Records and their cosines, the nearest first.</returns>
    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RefuseVectors(options?.IncludeVectors);
        ReadOnlyMemory<float> query = searchValue switch
        {
            string text => (await EmbedAsync([text], cancellationToken))[0],
            ReadOnlyMemory<float> vector => vector,
            Embedding<float> embedding => embedding.Vector,
            float[] vector => vector,
            _ => throw new NotSupportedException($"A {typeof(TInput).Name} cannot be searched for. Pass a text or its vector."),
        };
        int skip = options?.Skip ?? 0;
        Func<TRecord, bool>? passes = options?.Filter?.Compile();
        VectorSearchResult<TRecord>[] found = await RunAsync(() => _table.Search(query, passes is null ? skip + top : null)
            .TakeWhile(hit => !(hit.Cosine < options?.ScoreThreshold))
            .Select(hit => new VectorSearchResult<TRecord>(_mapping.Read(hit.Record), hit.Cosine))
            .Where(hit => passes?.Invoke(hit.Record) != false)
            .Skip(skip).Take(top).ToArray(), cancellationToken);
        foreach (VectorSearchResult<TRecord> hit in found)
            yield return hit;
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(VectorStoreCollectionMetadata)
            ? new VectorStoreCollectionMetadata { VectorStoreSystemName = "sqlite", VectorStoreName = _path, CollectionName = Name }
        : serviceType.IsInstanceOfType(this) ? this : null;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _table.Dispose();
            _gate.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task<float[][]> EmbedAsync(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> embeddings = await _generator.GenerateAsync(texts, cancellationToken: cancellationToken);
        float[][] vectors = [.. embeddings.Select(embedding => embedding.Vector.ToArray())];
        return vectors.FirstOrDefault(vector => vector.Length != _mapping.Dimensions) is not { } other
            ? vectors
            : throw new InvalidOperationException(
                $"The model's vectors have {other.Length} values, but those of '{Name}' have {_mapping.Dimensions}. Set the dimensions " +
                $"of '{typeof(TRecord).Name}' to {other.Length}.");
    }

    private static IEnumerable<TRecord> Sorted(IEnumerable<TRecord> records, FilteredRecordRetrievalOptions<TRecord>? options)
    {
        // The last key first: sorting keeps the order of equal records.
        foreach (var sort in options?.OrderBy?.Invoke(new()).Values.Reverse() ?? [])
        {
            Func<TRecord, object?> key = sort.PropertySelector.Compile();
            records = sort.Ascending ? records.OrderBy(key) : records.OrderByDescending(key);
        }
        return records;
    }

    private static void RefuseVectors(bool? include)
    {
        if (include == true)
            throw new NotSupportedException("Vectors are not returned: the records have the texts in their place.");
    }

    private async Task<TResult> RunAsync<TResult>(Func<TResult> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return work();
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task<bool> RunAsync(Action work, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            work();
            return true;
        }, cancellationToken);
}
