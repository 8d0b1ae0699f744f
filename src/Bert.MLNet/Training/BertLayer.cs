using Bert.MLNet.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>One layer: self-attention and a feed-forward network, each added to its input and normalised.</summary>
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

    /// <returns>[batch, length, hidden].</returns>
    /// <param name="hidden">[batch, length, hidden].</param>
    /// <param name="bias">Added to the scores of attention, broadcastable to [batch, heads, length, length]: minus infinity at padding; null when there is none.</param>
    public Tensor Forward(Tensor hidden, Tensor? bias) => AfterAttention(_self.Forward(hidden, hidden, bias), hidden);

    /// <summary>What <see cref="Forward"/> gives for the first token of each row, at the cost of that alone.</summary>
    /// <returns>[batch, hidden].</returns>
    /// <inheritdoc cref="Forward" path="/param"/>
    public Tensor FirstToken(Tensor hidden, Tensor? bias)
    {
        Tensor first = hidden.narrow(1, 0, 1);
        return AfterAttention(_self.Forward(first, hidden, bias), first).squeeze(1);
    }

    /// <summary>What <see cref="Forward"/> gives at some positions, without the feed-forward network at the others.</summary>
    /// <returns>[positions, hidden].</returns>
    /// <param name="positions">Indexes into batch × length, [positions].</param>
    /// <param name="hidden">[batch, length, hidden].</param>
    /// <param name="bias">As in <see cref="Forward"/>.</param>
    public Tensor At(Tensor positions, Tensor hidden, Tensor? bias)
    {
        return AfterAttention(Rows(_self.Forward(hidden, hidden, bias)), Rows(hidden));

        Tensor Rows(Tensor all) => all.flatten(0, 1).index_select(0, positions);
    }

    private Tensor AfterAttention(Tensor context, Tensor hidden)
    {
        Tensor attended = _attended.Forward(context);
        hidden = _attendedNorm.forward(hidden.Plus(attended.Dropout(_dropout, training)));
        Tensor output = _output.Forward(_activation.Apply(_intermediate.Forward(hidden)));
        return _outputNorm.forward(hidden.Plus(output.Dropout(_dropout, training)));
    }
}
