namespace Bert.MLNet;

/// <summary>The options of a registered generator. Can be bound to a section of the configuration.</summary>
public sealed class BertEmbeddingGeneratorOptions : BertEmbeddingOptions
{
    /// <summary>
    /// A folder, or the name of a model on the HuggingFace hub; see <see cref="BertModel.FromPretrained"/>. Default null: the registered
    /// <see cref="BertModel"/>, or <see cref="BertModel.Default"/> if there is none.
    /// </summary>
    public string? Model { get; set; }
}
