namespace Bert.MLNet;

/// <summary>How a text becomes a vector. What is left null is taken from the checkpoint's sentence-transformers files, or from the defaults where it has none.</summary>
public class BertEmbeddingOptions
{
    /// <summary>How the hidden states of the tokens become one vector. Default null: as the checkpoint says, else <see cref="BertPooling.Mean"/>.</summary>
    public BertPooling? Pooling { get; set; }

    /// <summary>Whether the vector is scaled to length 1. Default null: as the checkpoint says, else false.</summary>
    public bool? Normalize { get; set; }

    /// <summary>
    /// The number of layers that <see cref="BertPooling.LastLayersMean"/> averages; one more than the model has takes the embeddings' output
    /// as well. Default null: as the checkpoint says, else 4.
    /// </summary>
    public int? NumberOfLastLayers { get; set; }

    /// <summary>
    /// A text put before each input, such as <c>"query: "</c>. Default null: the checkpoint's default prompt, if it has one. Empty for none.
    /// A checkpoint's prompts by name are in <see cref="BertSentenceOptions.Prompts"/>.
    /// </summary>
    public string? Prompt { get; set; }

    /// <summary>The longest sequence in tokens, <c>[CLS]</c> and <c>[SEP]</c> included; what is longer is cut. Default null: as much as the checkpoint takes.</summary>
    public int? MaxLength { get; set; }

    /// <summary>How rows are gathered into batches.</summary>
    public BertBatchOptions Batching { get; set; } = new();
}
