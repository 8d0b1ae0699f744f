using System.Globalization;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>
/// The shape and arithmetic of an encoder, from <c>config.json</c>. The names are HuggingFace's for <c>bert</c>; other names in a family
/// (<c>dim</c>, <c>n_layers</c>, …) are translated. Immutable. The defaults are those of <c>bert</c>.
/// </summary>
/// <remarks>Two are equal if all their public properties are, lists and dictionaries by their content.</remarks>
public sealed record BertConfig
{
    private readonly SourceText _source;

    /// <summary>The family of the encoder, such as <c>bert</c> (the default), <c>roberta</c> or <c>albert</c>.</summary>
    public string ModelType { get; init; } = ModelFamilies.DefaultModelType;

    /// <summary>The number of token embeddings. Default: 30522.</summary>
    public int VocabSize { get; init; } = 30522;

    /// <summary>The size of a hidden state. Default: 768.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>The width of the embeddings if a family projects them to <see cref="HiddenSize"/>, or null (the default).</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>The number of layers. Default: 12.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>The number of attention heads per layer, a divisor of <see cref="HiddenSize"/>. Default: 12.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>The size of a layer's feed-forward part. Default: 3072.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>The activation function by HuggingFace's name. Default: <c>gelu</c>.</summary>
    public string HiddenAct { get; init; } = "gelu";

    /// <summary>
    /// The number of position embeddings. Default: 512. This is the maximum number of tokens in a row, except in MPNet and RoBERTa, which
    /// reserve the first two.
    /// </summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>The number of groups of ALBERT's layers; the layers of a group share their weights. Default: 1.</summary>
    public int NumHiddenGroups { get; init; } = 1;

    /// <summary>The number of inner layers, with different weights, that form a layer of ALBERT. Default: 1.</summary>
    public int InnerGroupNum { get; init; } = 1;

    /// <summary>
    /// The number of token type embeddings; 0 for a family without them. If there is only one, all tokens have it. Default: 2.
    /// </summary>
    public int TypeVocabSize { get; init; } = 2;

    /// <summary>The number of distance buckets for the attention bias of MPNet. Default: 32.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Every n-th layer of ModernBERT attends to all tokens, the others to nearby ones. Default: 3.</summary>
    public int GlobalAttnEveryNLayers { get; init; } = 3;

    /// <summary>The size of the attention window in ModernBERT's local layers, in tokens, half on either side. Default: 128.</summary>
    public int LocalAttention { get; init; } = 128;

    /// <summary>The base of rotary positions, for ModernBERT in its global layers. Default: 160000.</summary>
    public double GlobalRopeTheta { get; init; } = 160_000;

    /// <summary>
    /// The base of rotary positions in ModernBERT's local layers; null for <see cref="GlobalRopeTheta"/>. Default: 10000.
    /// </summary>
    public double? LocalRopeTheta { get; init; } = 10_000;

    /// <summary>
    /// What ModernBERT's classifier reads: the first token (<c>cls</c>) or the mean of all (<c>mean</c>). Default: <c>cls</c>.
    /// </summary>
    public string ClassifierPooling { get; init; } = "cls";

    /// <summary>The activation function in ModernBERT's heads, by HuggingFace's name. Default: <c>gelu</c>.</summary>
    public string ClassifierActivation { get; init; } = "gelu";

    /// <summary>Whether the dense layer in ModernBERT's and NomicBERT's heads has a bias. Default: false.</summary>
    public bool ClassifierBias { get; init; }

    /// <summary>Whether the decoder of ModernBERT and NomicBERT for masked words has a bias. Default: true.</summary>
    public bool DecoderBias { get; init; } = true;

    /// <summary>Whether the dense layers of ModernBERT's and NomicBERT's attention have a bias. Default: false.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the dense layers of ModernBERT's and NomicBERT's feed-forward part have a bias. Default: false.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether ModernBERT's layer normalization has a bias. Default: false.</summary>
    public bool NormBias { get; init; }

    /// <summary>Whether DeBERTa's attention depends on the distance of tokens. Default: false.</summary>
    public bool RelativeAttention { get; init; }

    /// <summary>
    /// The largest distance that DeBERTa distinguishes; less than 1 for <see cref="MaxPositionEmbeddings"/>. Default: -1.
    /// </summary>
    public int MaxRelativePositions { get; init; } = -1;

    /// <summary>The number of DeBERTa's distance buckets on either side; less than 1 for one bucket per distance. Default: -1.</summary>
    public int PositionBuckets { get; init; } = -1;

    /// <summary>
    /// The parts of DeBERTa's attention that use distances: <c>c2p</c>, <c>p2c</c>, or both, separated by a bar. Default: none.
    /// </summary>
    public string PosAttType { get; init; } = "";

    /// <summary>Whether DeBERTa projects distances with the weights of queries and keys. Default: false.</summary>
    public bool ShareAttKey { get; init; }

    /// <summary>How DeBERTa normalizes the embeddings of distances: <c>none</c> or <c>layer_norm</c>. Default: <c>none</c>.</summary>
    public string NormRelEbd { get; init; } = "none";

    /// <summary>
    /// Whether DeBERTa and NomicBERT add position embeddings to those of tokens; NomicBERT then has no rotary positions. Default: true.
    /// </summary>
    public bool PositionBiasedInput { get; init; } = true;

    /// <summary>The dropout before DeBERTa's pooler in training. Default: 0.</summary>
    public double PoolerDropout { get; init; }

    /// <summary>The activation function of DeBERTa's pooler, by HuggingFace's name. Default: <c>gelu</c>.</summary>
    public string PoolerHiddenAct { get; init; } = "gelu";

    /// <summary>
    /// The number of tokens that DeBERTa's convolution reads for each token, an odd number; 0 for no convolution. Default: 0.
    /// </summary>
    public int ConvKernelSize { get; init; }

    /// <summary>The number of groups of values in DeBERTa's convolution, a divisor of <see cref="HiddenSize"/>. Default: 1.</summary>
    public int ConvGroups { get; init; } = 1;

    /// <summary>The activation function of DeBERTa's convolution, by HuggingFace's name. Default: <c>tanh</c>.</summary>
    public string ConvAct { get; init; } = "tanh";

    /// <summary>
    /// Whether DeBERTa's head for masked words has the tensor names of transformers up to 4.48, <c>cls.predictions</c>, and not those of
    /// Microsoft's checkpoints, <c>lm_predictions.lm_head</c>. Default: true.
    /// </summary>
    public bool Legacy { get; init; } = true;

    /// <summary>The dropout inside ModernBERT's feed-forward parts in training. Default: 0.</summary>
    public double MlpDropout { get; init; }

    /// <summary>The epsilon in the variance of layer normalization. Default: 1e-12.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary>The dropout of hidden states in training. Default: 0.1.</summary>
    public double HiddenDropoutProb { get; init; } = 0.1;

    /// <summary>The dropout of attention probabilities in training. Default: 0.1.</summary>
    public double AttentionProbsDropoutProb { get; init; } = 0.1;

    /// <summary>The dropout before a classifier in training. Null (the default): <see cref="HiddenDropoutProb"/>.</summary>
    public double? ClassifierDropout { get; init; }

    /// <summary>
    /// The size of each direction of a bidirectional LSTM between the encoder and the labels of a text or of its tokens; 0 for none
    /// (default). HuggingFace's classes do not have one.
    /// </summary>
    public int ClassifierLstmSize { get; init; }

    /// <summary>The standard deviation of new weights. Default: 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The id of <c>[PAD]</c>. Default: 0.</summary>
    public int PadTokenId { get; init; }

    /// <summary>
    /// <c>regression</c>, <c>single_label_classification</c>, <c>multi_label_classification</c>, or null if the file has none.
    /// </summary>
    public string? ProblemType { get; init; }

    /// <summary>The names of the labels by index, from 0 without gaps. Default: <c>LABEL_0</c> and <c>LABEL_1</c>.</summary>
    public IReadOnlyDictionary<int, string> Id2Label { get; init => field = ContentDictionary<int, string>.Of(value); } = DefaultLabels(2);

    /// <summary>The classes that the checkpoint was saved from, such as <c>BertForSequenceClassification</c>. Default: none.</summary>
    public IReadOnlyList<string> Architectures { get; init => field = ContentList<string>.Of(value); } = new ContentList<string>([]);

    /// <summary>Whether the decoder for masked words shares the token embeddings. Default: true.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>
    /// Whether this is a decoder: a token attends only to those before it, and to the tokens of a source (<c>is_decoder</c>,
    /// <c>add_cross_attention</c>). Default: false.
    /// </summary>
    public bool IsDecoder { get; init; }

    /// <summary>The number of labels of a classifier.</summary>
    public int NumLabels => Id2Label.Count;

    /// <summary>The names of the labels, in the order of their indices.</summary>
    internal IReadOnlyList<string> LabelNames => [.. Enumerable.Range(0, NumLabels).Select(id => Id2Label[id])];

    /// <summary>The family, which is supported if the checkpoint has weights.</summary>
    internal ModelFamily Family => ModelFamilies.OrGraph(ModelType);

    /// <summary>The arithmetic that depends on the family.</summary>
    internal EncoderShape Shape => Family.Shape(this);

    /// <summary>The width of the embeddings.</summary>
    internal int EmbeddingWidth => EmbeddingSize ?? HiddenSize;

    /// <summary>The number of layers that have weights of their own.</summary>
    internal int StoredLayers => Shape.LayerGroups ?? NumHiddenLayers;

    /// <summary>The number of attentions, one for each block of a layer.</summary>
    internal int Attentions => NumHiddenLayers * Shape.BlocksPerLayer;

    /// <summary>The maximum number of tokens in a row, including special tokens, for which there are positions.</summary>
    internal int MaxTokens => MaxPositionEmbeddings - Shape.ReservedPositions;

    /// <summary>The function that <see cref="HiddenAct"/> names.</summary>
    internal BertActivation Activation =>
        BertActivationExtensions.Parse(HiddenAct)
            ?? throw new NotSupportedException($"hidden_act '{HiddenAct}' is not supported. Use one of {BertActivationExtensions.Names}.");

    /// <summary>The source file, so that unknown fields are kept when saving.</summary>
    internal string? Source { get => _source.Text; init => _source = new SourceText(value); }

    /// <summary>Reads <c>config.json</c>.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is not a JSON object, or a field has an invalid value.</exception>
    /// <exception cref="NotSupportedException">A field requires arithmetic that is not supported; the message names it.</exception>
    public static BertConfig FromFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Parse(BoundedText.Read(stream, path, BoundedText.Config), path);
    }

    /// <summary>Reads the text of a <c>config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <exception cref="InvalidDataException">The text is not a JSON object, or a field has an invalid value.</exception>
    /// <exception cref="NotSupportedException">A field requires arithmetic that is not supported; the message names it.</exception>
    public static BertConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(file);
        return ConfigFile.Read(json, file, runsGraph: false);
    }

    /// <summary>
    /// Creates the text of a <c>config.json</c> with the model type's own field names. Unknown fields of the source are kept.
    /// </summary>
    public string ToJson() => ToJson(outputHiddenStates: false);

    /// <param name="outputHiddenStates">Whether the file makes HuggingFace's models return the hidden states of all layers.</param>
    internal string ToJson(bool outputHiddenStates) => ConfigFile.Write(this, outputHiddenStates);

    internal static ContentDictionary<int, string> DefaultLabels(int count) =>
        new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create(i, "LABEL_" + i.ToString(CultureInfo.InvariantCulture))));
}
