using System.Globalization;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>
/// The shape and arithmetic of an encoder, as <c>config.json</c> gives it, under HuggingFace's names for <c>bert</c>;
/// other names that a family has for the same (<c>dim</c>, <c>n_layers</c>, …) are translated. Immutable. The defaults are those of
/// <c>bert</c>.
/// </summary>
/// <remarks>Two are equal if all their public properties are, lists and dictionaries by their content.</remarks>
public sealed record BertConfig
{
    private readonly SourceText _source;

    /// <summary>The family of the encoder: <c>bert</c> (the default), <c>distilbert</c> or <c>mpnet</c>.</summary>
    public string ModelType { get; init; } = ModelFamilies.DefaultModelType;

    /// <summary>Rows of the token embeddings. Default: 30522.</summary>
    public int VocabSize { get; init; } = 30522;

    /// <summary>Width of a hidden state. Default: 768.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Number of layers. Default: 12.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads of a layer; divides <see cref="HiddenSize"/>. Default: 12.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Width of a layer's feed-forward part. Default: 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>The activation function by HuggingFace's name. Default: <c>gelu</c>.</summary>
    public string HiddenAct { get; init; } = "gelu";

    /// <summary>
    /// Rows of the position embeddings. Default: 512. The longest row in tokens, except in MPNet, which reserves the first two.
    /// </summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Rows of the token type embeddings; 0 for a family without them. Default: 2.</summary>
    public int TypeVocabSize { get; init; } = 2;

    /// <summary>Buckets of distances that attention scores get a bias for; only MPNet has them. Default: 32.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>The epsilon in the variance of layer normalisation. Default: 1e-12.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary>Dropout of hidden states in training. Default: 0.1.</summary>
    public double HiddenDropoutProb { get; init; } = 0.1;

    /// <summary>Dropout of attention probabilities in training. Default: 0.1.</summary>
    public double AttentionProbsDropoutProb { get; init; } = 0.1;

    /// <summary>Dropout before a classifier in training; null (the default) takes <see cref="HiddenDropoutProb"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>Standard deviation of new weights. Default: 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The id of <c>[PAD]</c>. Default: 0.</summary>
    public int PadTokenId { get; init; }

    /// <summary><c>regression</c>, <c>single_label_classification</c>, <c>multi_label_classification</c>, or null when the file does not say.</summary>
    public string? ProblemType { get; init; }

    /// <summary>Names of the labels by their index, without gaps from 0. Default: <c>LABEL_0</c> and <c>LABEL_1</c>.</summary>
    public IReadOnlyDictionary<int, string> Id2Label { get; init => field = ContentDictionary<int, string>.Of(value); } = DefaultLabels(2);

    /// <summary>The classes that the checkpoint was saved from, such as <c>BertForSequenceClassification</c>. Default: none.</summary>
    public IReadOnlyList<string> Architectures { get; init => field = ContentList<string>.Of(value); } = new ContentList<string>([]);

    /// <summary>Whether the decoder of masked words shares the token embeddings. Default: true.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>Number of labels of a classifier.</summary>
    public int NumLabels => Id2Label.Count;

    /// <summary>Names of the labels in the order of their index.</summary>
    internal IReadOnlyList<string> LabelNames => [.. Enumerable.Range(0, NumLabels).Select(id => Id2Label[id])];

    /// <exception cref="NotSupportedException"><see cref="ModelType"/> is not supported.</exception>
    internal ModelFamily Family => ModelFamilies.Get(ModelType);

    /// <summary>The arithmetic, where families differ in it.</summary>
    internal EncoderShape Shape => Family.Shape(this);

    /// <summary>The longest row in tokens, special ones included, that there are positions for.</summary>
    internal int MaxTokens => MaxPositionEmbeddings - Shape.ReservedPositions;

    /// <summary>The function that <see cref="HiddenAct"/> names.</summary>
    internal BertActivation Activation =>
        BertActivationExtensions.Parse(HiddenAct) ?? throw new NotSupportedException($"hidden_act '{HiddenAct}' is not supported. Use one of {BertActivationExtensions.Names}.");

    /// <summary>The file that this was read from, so that fields unknown here are written back.</summary>
    internal string? Source { get => _source.Text; init => _source = new SourceText(value); }

    /// <summary>Reads <c>config.json</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no JSON object, or a field has a value that it cannot have.</exception>
    /// <exception cref="NotSupportedException">A field asks for arithmetic that is not supported; the message names it.</exception>
    public static BertConfig FromFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Parse(BoundedText.Read(stream, path, BoundedText.Config), path);
    }

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="InvalidDataException">The text is no JSON object, or a field has a value that it cannot have.</exception>
    /// <exception cref="NotSupportedException">A field asks for arithmetic that is not supported; the message names it.</exception>
    public static BertConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(file);
        return ConfigFile.Read(json, file);
    }

    /// <summary>The text of a <c>config.json</c> under the model type's own field names; fields of the source that are unknown here are kept.</summary>
    public string ToJson() => ToJson(outputHiddenStates: false);

    /// <param name="outputHiddenStates">Whether the file tells HuggingFace's models to give the hidden states of all layers.</param>
    internal string ToJson(bool outputHiddenStates) => ConfigFile.Write(this, outputHiddenStates);

    internal static ContentDictionary<int, string> DefaultLabels(int count) =>
        new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create(i, "LABEL_" + i.ToString(CultureInfo.InvariantCulture))));
}
