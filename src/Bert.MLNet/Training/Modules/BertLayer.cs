using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// One layer: self-attention and a feed-forward network. Each is added to its input, and normalized before or after that.
/// </summary>
internal sealed class BertLayer : ExplicitModule
{
    private readonly BertSelfAttention _self;
    private readonly Dense _attended, _intermediate, _output;
    private readonly Dense? _gate;
    private readonly Norm? _attendedNorm;
    private readonly Norm _outputNorm;
    private readonly BertActivation _activation;
    private readonly bool _normalizesFirst;
    private readonly double _attendedDropout, _innerDropout, _dropout;

    public BertLayer(BertConfig config, int layer, ScalarType precision) : base(nameof(BertLayer))
    {
        EncoderShape shape = config.Shape;
        _self = new BertSelfAttention(config, layer, precision);
        _attended = Linear(config.HiddenSize, config.HiddenSize, shape.AttentionHasBias);
        _attendedNorm = shape.HasAttentionNorm(layer) ? new Norm(config, shape.NormHasBias) : null;
        _intermediate = Linear(config.HiddenSize, config.IntermediateSize, shape.FeedForwardHasBias);
        _gate = shape.HasGate ? Linear(config.HiddenSize, config.IntermediateSize, shape.FeedForwardHasBias) : null;
        _output = Linear(config.IntermediateSize, config.HiddenSize, shape.FeedForwardHasBias);
        _outputNorm = new Norm(config, shape.NormHasBias);
        _activation = config.Activation;
        _normalizesFirst = shape.NormalizesFirst;
        _attendedDropout = shape.AttentionOutputDropout ?? config.HiddenDropoutProb;
        _innerDropout = shape.FeedForwardDropout;
        _dropout = shape.FeedForwardOutputDropout ?? config.HiddenDropoutProb;

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
        InDisposeScope(() => AfterAttention(_self.Forward(BeforeAttention(hidden), tokens), hidden));

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

    private Tensor AfterAttention(Tensor context, Tensor hidden)
    {
        hidden = hidden.Plus(_attended.Forward(context).Dropout(_attendedDropout, training));
        if (_normalizesFirst)
            return hidden.Plus(FeedForward(_outputNorm.Forward(hidden)));
        hidden = _attendedNorm!.Forward(hidden);
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
