using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// An encoder as a TorchSharp module. Its state has the names of HuggingFace's state dict of <c>BertModel</c> in every family.
/// </summary>
internal sealed class EncoderModule : ExplicitModule
{
    private readonly InputEmbeddings _embeddings;
    private readonly BertLayer[] _layers;
    private readonly RelativePositions? _relativePositions;
    private readonly int? _paddingPosition;
    private readonly ScalarType _precision;

    /// <summary>Creates a module with random weights from torch's default generator.</summary>
    /// <param name="config">The shape, activation and dropout.</param>
    /// <param name="precision">The type of matrix products. Sums, LayerNorm and the weights use single precision.</param>
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

    /// <summary>The token embeddings, [vocabulary, hidden], which the masked language modelling head uses as decoder.</summary>
    public Parameter WordEmbeddings => _embeddings.Words;

    /// <summary>The device on which the module computes.</summary>
    public Device Device => WordEmbeddings.device;

    /// <summary>The position embeddings, [positions, hidden].</summary>
    public Parameter PositionEmbeddings => _embeddings.Positions;

    /// <summary>Packs the tokens of a batch for this module.</summary>
    public PackedTokens Pack(PaddedBatch batch) => new(batch, Device, _precision, _paddingPosition, _relativePositions);

    /// <summary>Computes the output of the embeddings and of every layer, each [tokens, hidden].</summary>
    public IEnumerable<Tensor> HiddenStates(PackedTokens tokens)
    {
        Tensor hidden = _embeddings.Forward(tokens);
        yield return hidden;
        foreach (BertLayer layer in _layers)
            yield return hidden = layer.Forward(hidden, tokens);
    }

    /// <summary>
    /// Computes the last hidden state of each row's first token, [rows, hidden]. The last layer computes only these tokens.
    /// </summary>
    public Tensor FirstToken(PackedTokens tokens) => _layers[^1].FirstToken(BeforeLastLayer(tokens), tokens);

    /// <summary>
    /// Computes the last hidden state of some tokens, [positions, hidden]. The last layer's feed-forward network computes only these
    /// tokens.
    /// </summary>
    /// <param name="positions">Indexes of tokens, [positions].</param>
    /// <param name="tokens">All tokens.</param>
    public Tensor At(Tensor positions, PackedTokens tokens) => _layers[^1].At(positions, BeforeLastLayer(tokens), tokens);

    private Tensor BeforeLastLayer(PackedTokens tokens) => HiddenStates(tokens).ElementAt(_layers.Length - 1);
}
