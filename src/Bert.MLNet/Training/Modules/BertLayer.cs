using Bert.MLNet.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>A layer: self-attention and a feed-forward network, each followed by a residual connection and normalization.</summary>
internal sealed class BertLayer : ExplicitModule
{
    private readonly BertSelfAttention _self;
    private readonly Dense _attended, _intermediate, _output;
    private readonly LayerNorm _attendedNorm, _outputNorm;
    private readonly BertActivation _activation;
    private readonly double _dropout;

    public BertLayer(BertConfig config, ScalarType precision) : base(nameof(BertLayer))
    {
        _self = new BertSelfAttention(config, precision);
        _attended = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _attendedNorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        _intermediate = new Dense(config.HiddenSize, config.IntermediateSize, config.InitializerRange, precision);
        _output = new Dense(config.IntermediateSize, config.HiddenSize, config.InitializerRange, precision);
        _outputNorm = LayerNorm(config.HiddenSize, config.LayerNormEps);
        _activation = config.Activation;
        _dropout = config.HiddenDropoutProb;

        register_module("attention", new ModuleGroup(
            ("self", _self),
            ("output", new ModuleGroup(("dense", _attended), ("LayerNorm", _attendedNorm)))));
        register_module("intermediate", new ModuleGroup(("dense", _intermediate)));
        register_module("output", new ModuleGroup(("dense", _output), ("LayerNorm", _outputNorm)));
    }

    /// <returns>[tokens, hidden].</returns>
    /// <param name="hidden">[tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor Forward(Tensor hidden, PackedTokens tokens) => Freeing(() => AfterAttention(_self.Forward(hidden, tokens), hidden));

    /// <summary>Computes the result of <see cref="Forward"/> for the first token of each row, at the cost of these tokens only.</summary>
    /// <returns>[rows, hidden].</returns>
    /// <inheritdoc cref="Forward" path="/param"/>
    public Tensor FirstToken(Tensor hidden, PackedTokens tokens) => Freeing(() =>
    {
        Tensor first = tokens.First(hidden);
        return AfterAttention(_self.FirstToken(first, hidden, tokens), first);
    });

    /// <summary>Computes the result of <see cref="Forward"/> for some tokens, without the feed-forward network of the others.</summary>
    /// <returns>[positions, hidden].</returns>
    /// <param name="positions">Indexes of tokens, [positions].</param>
    /// <param name="hidden">[tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor At(Tensor positions, Tensor hidden, PackedTokens tokens) =>
        Freeing(() => AfterAttention(_self.Forward(hidden, tokens).index_select(0, positions), hidden.index_select(0, positions)));

    // Tensors that the backward pass does not need are freed with the layer, not with the batch.
    private static Tensor Freeing(Func<Tensor> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        return compute().MoveToOuterDisposeScope();
    }

    private Tensor AfterAttention(Tensor context, Tensor hidden)
    {
        Tensor attended = _attended.Forward(context);
        hidden = _attendedNorm.forward(hidden.Plus(attended.Dropout(_dropout, training)));
        Tensor output = _output.Forward(_activation.Apply(_intermediate.Forward(hidden)));
        return _outputNorm.forward(hidden.Plus(output.Dropout(_dropout, training)));
    }
}
