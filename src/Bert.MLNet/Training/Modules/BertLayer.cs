using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// One layer: self-attention, in a decoder attention to a source, and a feed-forward network. Each is added to its input, and normalized
/// before or after that.
/// </summary>
internal sealed class BertLayer : ExplicitModule
{
    private readonly BertSelfAttention _self;
    private readonly Dense _attended, _intermediate, _output;
    private readonly Dense? _gate, _crossed;
    private readonly BertSelfAttention? _cross;
    private readonly Norm? _attendedNorm, _crossedNorm;
    private readonly Norm _outputNorm;
    private readonly BertActivation _activation;
    private readonly bool _normalizesFirst;
    private readonly double _attendedDropout, _innerDropout, _dropout;

    /// <param name="config">The shape.</param>
    /// <param name="layer">The number of the layer, from 0.</param>
    /// <param name="precision">The type of matrix products.</param>
    /// <param name="shared">A layer whose weights are used where both have the same, and which owns them; null for none.</param>
    public BertLayer(BertConfig config, int layer, ScalarType precision, BertLayer? shared = null) : base(nameof(BertLayer))
    {
        EncoderShape shape = config.Shape;
        _self = shared?._self ?? new BertSelfAttention(config, layer, precision);
        _attended = shared?._attended ?? Linear(config.HiddenSize, config.HiddenSize, shape.AttentionHasBias);
        _attendedNorm = shared?._attendedNorm ?? (shape.HasAttentionNorm(layer) ? new Norm(config, shape.NormHasBias) : null);
        _intermediate = shared?._intermediate ?? Linear(config.HiddenSize, config.IntermediateSize, shape.FeedForwardHasBias);
        _gate = shape.HasGate ? Linear(config.HiddenSize, config.IntermediateSize, shape.FeedForwardHasBias) : null;
        _output = shared?._output ?? Linear(config.IntermediateSize, config.HiddenSize, shape.FeedForwardHasBias);
        _outputNorm = shared?._outputNorm ?? new Norm(config, shape.NormHasBias);
        _activation = config.Activation;
        _normalizesFirst = shape.NormalizesFirst;
        _attendedDropout = shape.AttentionOutputDropout ?? config.HiddenDropoutProb;
        _innerDropout = shape.FeedForwardDropout;
        _dropout = shape.FeedForwardOutputDropout ?? config.HiddenDropoutProb;

        if (config.IsDecoder)
        {
            _cross = new BertSelfAttention(config, layer, precision);
            _crossed = Linear(config.HiddenSize, config.HiddenSize, shape.AttentionHasBias);
            _crossedNorm = new Norm(config, shape.NormHasBias);
            var crossed = new ModuleGroup(("dense", _crossed), ("LayerNorm", _crossedNorm));
            register_module(CanonicalNames.CrossAttention.TrimEnd('.'), new ModuleGroup(("self", _cross), ("output", crossed)));
        }
        if (shared is not null)
            return;
        var attended = new ModuleGroup(("dense", _attended));
        if (_attendedNorm is not null)
            attended.register_module("LayerNorm", _attendedNorm);
        var intermediate = new ModuleGroup(("dense", _intermediate));
        if (_gate is not null)
            intermediate.register_module("gate", _gate);
        register_module("attention", new ModuleGroup(("self", _self), ("output", attended)));
        register_module("intermediate", intermediate);
        register_module("output", new ModuleGroup(("dense", _output), ("LayerNorm", _outputNorm)));

        Dense Linear(int inputs, int outputs, bool hasBias) => new(inputs, outputs, config.InitializerRange, precision, hasBias);
    }

    /// <returns>The hidden states after the layer, [tokens, hidden].</returns>
    /// <param name="hidden">The hidden states before the layer, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor Forward(Tensor hidden, PackedTokens tokens) =>
        InDisposeScope(() => AfterAttention(_self.Forward(BeforeAttention(hidden), tokens), hidden, tokens));

    /// <summary>Computes the result of <see cref="Forward"/> for the first token of each row, at the cost of these tokens only.</summary>
    /// <returns>The hidden states of the first tokens, [rows, hidden].</returns>
    /// <inheritdoc cref="Forward" path="/param"/>
    public Tensor FirstToken(Tensor hidden, PackedTokens tokens) => InDisposeScope(() =>
    {
        Tensor read = BeforeAttention(hidden);
        return AfterAttention(_self.FirstToken(tokens.First(read), read, tokens), tokens.First(hidden));
    });

    /// <summary>Computes the result of <see cref="Forward"/> for some tokens, and skips the feed-forward network for the others.</summary>
    /// <returns>The hidden states of these tokens, [positions, hidden].</returns>
    /// <param name="positions">The indexes of the tokens, [positions].</param>
    /// <param name="hidden">The hidden states of all tokens, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor At(Tensor positions, Tensor hidden, PackedTokens tokens) =>
        InDisposeScope(() => AfterAttention(
            _self.Forward(BeforeAttention(hidden), tokens).index_select(0, positions), hidden.index_select(0, positions)));

    // Tensors that the backward pass does not need are freed with the layer, not with the batch.
    private static Tensor InDisposeScope(Func<Tensor> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        return compute().MoveToOuterDisposeScope();
    }

    private Tensor BeforeAttention(Tensor hidden) => _normalizesFirst && _attendedNorm is not null ? _attendedNorm.Forward(hidden) : hidden;

    // All tokens of a text are written, so only Forward is used in a decoder.
    private Tensor AfterAttention(Tensor context, Tensor hidden, PackedTokens? tokens = null)
    {
        hidden = hidden.Plus(_attended.Forward(context).Dropout(_attendedDropout, training));
        if (_normalizesFirst)
            return hidden.Plus(FeedForward(_outputNorm.Forward(hidden)));
        hidden = _attendedNorm!.Forward(hidden);
        if (tokens?.Source is { } source)
        {
            Tensor read = _crossed!.Forward(_cross!.Cross(hidden, tokens, source.States, source.Tokens));
            hidden = _crossedNorm!.Forward(hidden.Plus(read.Dropout(_attendedDropout, training)));
        }
        return _outputNorm.Forward(hidden.Plus(FeedForward(hidden)));
    }

    private Tensor FeedForward(Tensor hidden)
    {
        Tensor expanded = _activation.Apply(_intermediate.Forward(hidden));
        if (_gate is not null)
            expanded *= _gate.Forward(hidden);
        return _output.Forward(expanded.Dropout(_innerDropout, training)).Dropout(_dropout, training);
    }
}
