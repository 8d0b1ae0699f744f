using Microsoft.Extensions.AI;

namespace Bert.MLNet;

/// <summary>BERT's vectors of texts for all that speaks Microsoft.Extensions.AI: caches, telemetry, vector stores.</summary>
/// <remarks>
/// Thread-safe: make one and let all threads use it. Vectors are those of <see cref="BertEmbeddingTransformer.Embed"/>, to the last bit. The work
/// is done on this machine's cores by a thread of the pool, so that the caller is not held up; texts of one call share batches, those of several do not.
/// <see cref="Dispose"/> frees the native session if the generator opened it; calls after it fail, as may those that are under way.
/// </remarks>
public sealed class BertEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>What <see cref="EmbeddingGeneratorMetadata.ProviderName"/> says.</summary>
    private const string ProviderName = "bert-mlnet";

    private readonly BertEmbeddingTransformer _transformer;
    private readonly bool _ownsTransformer;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private volatile bool _disposed;

    /// <summary>A generator over a checkpoint.</summary>
    /// <param name="model">The checkpoint. It may serve any number of generators, which share its weights.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public BertEmbeddingGenerator(BertModel model, BertEmbeddingOptions? options = null)
        : this(BertEmbeddingTransformer.Create(model, options), ownsTransformer: true)
    {
    }

    /// <summary>A generator over a transformer, fitted or loaded, such as one out of a <c>model.zip</c>.</summary>
    /// <param name="transformer">The transformer.</param>
    /// <param name="ownsTransformer">Whether it is disposed with the generator. Default: false, it stays its maker's.</param>
    public BertEmbeddingGenerator(BertEmbeddingTransformer transformer, bool ownsTransformer = false)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        _transformer = transformer;
        _ownsTransformer = ownsTransformer;
        _metadata = new EmbeddingGeneratorMetadata(ProviderName, providerUri: null, transformer.Model.Name, transformer.Dimension);
    }

    /// <summary>The vectors of texts.</summary>
    /// <param name="values">The texts, of any number: they are sorted by length and cut into batches inside. Null is empty text.</param>
    /// <param name="options">
    /// Null, or options that ask for nothing else than what this generator has: <see cref="EmbeddingGenerationOptions.Dimensions"/> and
    /// <see cref="EmbeddingGenerationOptions.ModelId"/> are checked, the rest has no meaning here.
    /// </param>
    /// <param name="cancellationToken">Ends the work before the next batch.</param>
    /// <returns>A vector for each text, in their order, and as usage the tokens that were read, <c>[CLS]</c> and <c>[SEP]</c> of each text included.</returns>
    /// <exception cref="ArgumentException">The options ask for another model, or for another number of dimensions.</exception>
    /// <exception cref="ObjectDisposedException">The generator was disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check(options);
        return Task.Run(() => Generate(values, cancellationToken), cancellationToken);
    }

    /// <summary>This generator, its <see cref="EmbeddingGeneratorMetadata"/>, <see cref="BertEmbeddingTransformer"/>, <see cref="BertModel"/> or <see cref="BertTokenizer"/>.</summary>
    /// <param name="serviceType">The type that is asked for.</param>
    /// <param name="serviceKey">Null; nothing here has a key.</param>
    /// <returns>The object; null when there is none of that type.</returns>
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
        return new(embeddings.Select(embedding => new Embedding<float>(embedding.Vector) { ModelId = _metadata.DefaultModelId, CreatedAt = now }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != _transformer.Dimension)
            throw new ArgumentException($"The options ask for {dimensions} dimensions, and the vectors of '{_metadata.DefaultModelId}' have {_transformer.Dimension}. Leave {nameof(options.Dimensions)} null, or use a checkpoint that has them.", nameof(options));
        if (options?.ModelId is { } model && model != _metadata.DefaultModelId)
            throw new ArgumentException($"The options ask for the model '{model}', and this generator has '{_metadata.DefaultModelId}'. Leave {nameof(options.ModelId)} null, or make a generator for each model.", nameof(options));
    }
}
