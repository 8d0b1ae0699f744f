using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder as a TorchSharp module. Its state is HuggingFace's state dict of <c>BertModel</c>, name for name, for every family.
/// </summary>
internal sealed class EncoderModule : ExplicitModule
{
    private readonly InputEmbeddings _embeddings;
    private readonly BertLayer[] _layers;
    private readonly RelativePositions? _relativePositions;
    private readonly int? _paddingPosition;
    private readonly ScalarType _precision;

    /// <summary>A module with random weights from torch's default generator.</summary>
    /// <param name="config">Shape, activation and dropout.</param>
    /// <param name="precision">Type of the matrix products; sums, LayerNorm and the weights are in single precision.</param>
    public EncoderModule(BertConfig config, ScalarType precision = ScalarType.Float32) : base(nameof(EncoderModule))
    {
        EncoderShape shape = config.Shape;
        _precision = precision;
        _paddingPosition = shape.PaddingPosition;
        _embeddings = new InputEmbeddings(config);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new BertLayer(config, precision))];
        register_module("embeddings", _embeddings);
        register_module("encoder", new ModuleGroup(("layer", new ModuleGroup([.. _layers.Select((layer, i) => ($"{i}", (Module)layer))]))));
        if (shape.PositionBias is { } bias)
            _relativePositions = RelativePositions.Create(bias, config, precision, this);
    }

    /// <summary>The token embeddings, [vocabulary, hidden], which the masked-language-modelling head decodes with.</summary>
    public Parameter WordEmbeddings => _embeddings.Words;

    /// <summary>Where it computes.</summary>
    public Device Device => WordEmbeddings.device;

    /// <summary>The position embeddings, [positions, hidden].</summary>
    public Parameter PositionEmbeddings => _embeddings.Positions;

    /// <summary>The tokens of a batch as this module reads them.</summary>
    public PackedTokens Pack(PaddedBatch batch) => new(batch, Device, _precision, _paddingPosition, _relativePositions);

    /// <summary>The embeddings' output and every layer's, each [tokens, hidden].</summary>
    public IEnumerable<Tensor> HiddenStates(PackedTokens tokens)
    {
        Tensor hidden = _embeddings.Forward(tokens);
        yield return hidden;
        foreach (BertLayer layer in _layers)
            yield return hidden = layer.Forward(hidden, tokens);
    }

    /// <summary>The last hidden state of each row's first token, [rows, hidden]. The last layer computes no other.</summary>
    public Tensor FirstToken(PackedTokens tokens) => _layers[^1].FirstToken(BeforeLastLayer(tokens), tokens);

    /// <summary>The last hidden state of some tokens, [positions, hidden]. The last layer's feed-forward network computes no other.</summary>
    /// <param name="positions">Indexes of tokens, [positions].</param>
    /// <param name="tokens">All tokens.</param>
    public Tensor At(Tensor positions, PackedTokens tokens) => _layers[^1].At(positions, BeforeLastLayer(tokens), tokens);

    private Tensor BeforeLastLayer(PackedTokens tokens) => HiddenStates(tokens).ElementAt(_layers.Length - 1);
}
