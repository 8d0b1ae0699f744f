using Microsoft.Extensions.AI;

namespace Bert.MLNet;

/// <summary>Generates BERT embeddings for the components of Microsoft.Extensions.AI, such as caches, telemetry and vector stores.</summary>
/// <remarks>
/// Thread-safe: create one generator and use it from all threads. The vectors equal those of <see cref="BertEmbeddingTransformer.Embed"/>,
/// bit for bit. The work is done on this machine, on the thread pool, so the caller is not blocked. The texts of one call share batches;
/// those of different calls do not. <see cref="Dispose"/> frees the native session if the generator opened it. Later calls fail, and calls
/// in progress may fail.
/// </remarks>
public sealed class BertEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The value of <see cref="EmbeddingGeneratorMetadata.ProviderName"/>.</summary>
    private const string ProviderName = "bert-mlnet";

    private readonly BertEmbeddingTransformer _transformer;
    private readonly bool _ownsTransformer;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>Initializes a generator from a checkpoint.</summary>
    /// <param name="model">The checkpoint. Any number of generators can use it and share its weights.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own. <paramref name="model"/> replaces
    /// their <see cref="BertStepOptions.Model"/>.</param>
    /// <exception cref="ArgumentException">An option is not valid for the model; the message names it.</exception>
    public BertEmbeddingGenerator(BertModel model, BertEmbeddingOptions? options = null)
        : this(BertEmbeddingTransformer.Create(model, options), ownsTransformer: true)
    {
    }

    /// <summary>Initializes a generator from a fitted or loaded transformer, such as one from a <c>model.zip</c>.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="ownsTransformer">Whether the generator disposes of it. Default: false.</param>
    public BertEmbeddingGenerator(BertEmbeddingTransformer transformer, bool ownsTransformer = false)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        _transformer = transformer;
        _ownsTransformer = ownsTransformer;
        _metadata = new EmbeddingGeneratorMetadata(ProviderName, providerUri: null, transformer.Model.Name, transformer.Dimension);
    }

    /// <summary>Generates the embeddings of texts.</summary>
    /// <param name="values">Any number of texts. They are sorted by length and divided into batches internally. Null is treated as
    /// empty.</param>
    /// <param name="options">Null, or options that match this generator: <see cref="EmbeddingGenerationOptions.Dimensions"/> and
    /// <see cref="EmbeddingGenerationOptions.ModelId"/> are checked, and all others are ignored.</param>
    /// <param name="cancellationToken">Cancels the work before the next batch.</param>
    /// <returns>A vector for each text, in the same order, and as usage the number of tokens that were read, including <c>[CLS]</c> and
    /// <c>[SEP]</c> of each text.</returns>
    /// <exception cref="ArgumentException">The options request another model or another number of dimensions.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(options);
        return Task.Run(() => Generate(values, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Gets this generator, its <see cref="EmbeddingGeneratorMetadata"/>, <see cref="BertEmbeddingTransformer"/>, <see cref="BertModel"/>
    /// or <see cref="BertTokenizer"/>.
    /// </summary>
    /// <param name="serviceType">The requested type.</param>
    /// <param name="serviceKey">Must be null for a result: nothing here has a key.</param>
    /// <returns>The object, or null if there is none of that type.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object[] services = serviceKey is null ? [this, _metadata, _transformer, _transformer.Model, _transformer.Model.Tokenizer] : [];
        return services.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Frees the native session if the generator opened it. A second call does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (_ownsTransformer)
            _transformer.Dispose();
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        IReadOnlyList<BertEmbedding> embeddings = _transformer.Embed(texts, cancellationToken);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        long tokens = embeddings.Sum(embedding => (long)embedding.TokenCount);
        return new(embeddings.Select(
            embedding => new Embedding<float>(embedding.Vector) { ModelId = _metadata.DefaultModelId, CreatedAt = now }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != _transformer.Dimension)
            throw new ArgumentException(
                $"The options request {dimensions} dimensions, but the vectors of '{_metadata.DefaultModelId}' have " +
                $"{_transformer.Dimension}. Leave {nameof(options.Dimensions)} null, or use a checkpoint with that many dimensions.",
                nameof(options));
        if (options?.ModelId is { } model && model != _metadata.DefaultModelId)
            throw new ArgumentException(
                $"The options request the model '{model}', but this generator has '{_metadata.DefaultModelId}'. Leave " +
                $"{nameof(options.ModelId)} null, or create a generator for each model.", nameof(options));
    }
}
