using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// How a checkpoint's makers turn a text into one vector: what the files of sentence-transformers say, or the defaults
/// where a folder has none. Immutable.
/// </summary>
/// <remarks>Two are equal if all their public properties are, lists and dictionaries by their content.</remarks>
public sealed record BertSentenceOptions
{
    private readonly SourceText _source;

    /// <summary>How hidden states become a vector. Default: <see cref="BertPooling.Mean"/>.</summary>
    public BertPooling Pooling { get; init; } = BertPooling.Mean;

    /// <summary>
    /// How many layers <see cref="BertPooling.LastLayersMean"/> averages; one more than the model has takes the embeddings' output as
    /// well. Default: 4. Without a meaning for other poolings.
    /// </summary>
    public int NumberOfLastLayers { get; init; } = 4;

    /// <summary>Whether the vector is scaled to length 1. Default: false.</summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// How much each token of the vocabulary counts in a mean, by token id; null (the default): all the same. A mean becomes
    /// Σ w·h / Σ w, as sentence-transformers' module <c>WordWeights</c> makes it. <see cref="SmoothInverseFrequency"/> computes such weights.
    /// Poolings that are no means (<see cref="BertPooling.Cls"/>, <see cref="BertPooling.Max"/>) do without.
    /// </summary>
    public IReadOnlyList<float>? TokenWeights { get; init => field = value is null ? null : ContentList<float>.Of(value); }

    /// <summary>The longest row in tokens, special ones included; null (the default) leaves it to the model.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>Texts to put before the input, by name, such as <c>query</c> and <c>passage</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init => field = ContentDictionary<string, string>.Of(value); } = new ContentDictionary<string, string>([]);

    /// <summary>The name of the prompt that is used when none is asked for; null for none.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>Whether the tokens of the prompt take part in pooling. Default: true.</summary>
    public bool IncludePrompt { get; init; } = true;

    /// <summary>The text of the default prompt; null when there is none.</summary>
    public string? DefaultPrompt => DefaultPromptName is { } name && Prompts.TryGetValue(name, out string? prompt) ? prompt : null;

    /// <summary>The <c>config_sentence_transformers.json</c> that this came from, so that its other fields are written back; null when no file said anything.</summary>
    internal string? Source { get => _source.Text; init => _source = new SourceText(value); }
}
