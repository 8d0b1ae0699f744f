using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// The options for converting a text to one vector. They come from a checkpoint's sentence-transformers files, or are the defaults if there
/// are none. Immutable.
/// </summary>
/// <remarks>
/// The modules that follow the pooling in sentence-transformers, such as <c>Dense</c> and <c>LayerNorm</c>, are part of the options. Two
/// are equal if all of this is, lists and dictionaries by their content.
/// </remarks>
public sealed record BertSentenceOptions
{
    private readonly SourceText _source;

    /// <summary>The pooling of hidden states. Default: <see cref="BertPooling.Mean"/>.</summary>
    public BertPooling Pooling { get; init; } = BertPooling.Mean;

    /// <summary>
    /// The number of layers that <see cref="BertPooling.LastLayersMean"/> averages; one more than the model has includes the embeddings'
    /// output. Default: 4. Ignored for other poolings.
    /// </summary>
    public int NumberOfLastLayers { get; init; } = 4;

    /// <summary>Whether the vector is scaled to length 1, after all other modules. Default: false.</summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// The weight of each token of the vocabulary in a mean, by token id; null (the default): equal weights. A mean becomes Σ w·h / Σ w,
    /// as in sentence-transformers' module <c>WordWeights</c>. <see cref="SmoothInverseFrequency"/> computes such weights. Poolings that
    /// are not means (<see cref="BertPooling.Cls"/>, <see cref="BertPooling.Max"/>) ignore it.
    /// </summary>
    public IReadOnlyList<float>? TokenWeights { get; init => field = value is null ? null : ContentList<float>.Of(value); }

    /// <summary>The maximum number of tokens in a row, including special tokens; null (the default) for the model's limit.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>The texts to put in front of inputs, by name, such as <c>query</c> and <c>passage</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init => field = ContentDictionary<string, string>.Of(value); } =
        new ContentDictionary<string, string>([]);

    /// <summary>The name of the default prompt, or null for none.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>Whether pooling includes the tokens of the prompt. Default: true.</summary>
    public bool IncludePrompt { get; init; } = true;

    /// <summary>
    /// The function by which texts are compared, <c>similarity_fn_name</c>; null (the default) for
    /// <see cref="BertSimilarity.Cosine"/>.
    /// </summary>
    public BertSimilarity? Similarity { get; init; }

    /// <summary>
    /// The number of values to keep of a vector, from the first; null (the default): all. For models that were trained for it, such as
    /// those with the loss <c>MatryoshkaLoss</c>. A normalized vector is scaled after it is shortened. Saved as <c>truncate_dim</c>.
    /// </summary>
    public int? TruncateDimension { get; init; }

    /// <summary>The text of the default prompt, or null if there is none.</summary>
    public string? DefaultPrompt => DefaultPromptName is { } name && Prompts.TryGetValue(name, out string? prompt) ? prompt : null;

    /// <summary>The modules between pooling and <see cref="Normalize"/>, in order.</summary>
    internal IReadOnlyList<VectorLayer> Layers { get; init => field = ContentList<VectorLayer>.Of(value); } =
        new ContentList<VectorLayer>([]);

    /// <summary>
    /// The source <c>config_sentence_transformers.json</c>, so that its other fields are kept when saving, or null if there was none.
    /// </summary>
    internal string? Source { get => _source.Text; init => _source = new SourceText(value); }
}
