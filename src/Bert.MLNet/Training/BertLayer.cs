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

    /// <param name="hidden">[batch, length, hidden].</param>
    /// <param name="bias">Added to the scores of attention, broadcastable to [batch, heads, length, length]: minus infinity at padding; null when there is none.</param>
    public Tensor Forward(Tensor hidden, Tensor? bias)
    {
        Tensor attended = _attended.Forward(_self.Forward(hidden, bias));
        hidden = _attendedNorm.forward(hidden.Plus(attended.Dropout(_dropout, training)));
        Tensor output = _output.Forward(_activation.Apply(_intermediate.Forward(hidden)));
        return _outputNorm.forward(hidden.Plus(output.Dropout(_dropout, training)));
    }
}
