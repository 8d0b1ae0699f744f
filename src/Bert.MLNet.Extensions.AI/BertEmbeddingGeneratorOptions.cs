namespace Bert.MLNet;

/// <summary>Which checkpoint a generator of dependency injection has, and how it makes vectors. May be bound to a section of the configuration.</summary>
public sealed class BertEmbeddingGeneratorOptions : BertEmbeddingOptions
{
    /// <summary>
    /// A folder, or the name of a model on the HuggingFace hub; see <see cref="BertModel.FromPretrained"/>. Default null: the <see cref="BertModel"/>
    /// among the services, and where there is none, <see cref="BertModel.Default"/>.
    /// </summary>
    public string? Model { get; set; }
}
