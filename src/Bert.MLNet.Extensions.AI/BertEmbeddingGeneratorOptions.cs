namespace Bert.MLNet;

/// <summary>The checkpoint of a generator among the services of an application, and how it computes vectors.</summary>
/// <remarks>
/// Can be bound to a section of the configuration, which is why its properties can be set. What is null is taken from the checkpoint.
/// </remarks>
public sealed class BertEmbeddingGeneratorOptions
{
    /// <summary>
    /// A folder, or the name of a model on the HuggingFace hub; see <see cref="BertModel.FromPretrained"/>. Default null: the
    /// <see cref="BertModel"/> among the services or, if there is none, <see cref="BertModel.Default"/>.
    /// </summary>
    public string? Model { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.Pooling"/>
    public BertPooling? Pooling { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.Normalize"/>
    public bool? Normalize { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.TruncateDimension"/>
    public int? TruncateDimension { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.NumberOfLastLayers"/>
    public int? NumberOfLastLayers { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.Prompt"/>
    public string? Prompt { get; set; }

    /// <inheritdoc cref="BertEmbeddingOptions.MaxLength"/>
    public int? MaxLength { get; set; }

    /// <inheritdoc cref="BertStepOptions.Batching"/>
    public BertBatchOptions Batching { get; set; } = new();

    internal BertEmbeddingOptions ToEmbeddingOptions(BertModel model) => new()
    {
        Model = model,
        Pooling = Pooling,
        Normalize = Normalize,
        TruncateDimension = TruncateDimension,
        NumberOfLastLayers = NumberOfLastLayers,
        Prompt = Prompt,
        MaxLength = MaxLength,
        Batching = Batching,
    };
}
