using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Computes scores over the vocabulary from hidden states: dense, activation, LayerNorm, then the token embeddings as decoder.
/// </summary>
internal sealed class MaskedLanguageModelHead : ExplicitModule
{
    private readonly Dense _dense;
    private readonly ModuleGroup _predictions;
    private readonly Norm _norm;
    private readonly BertActivation _activation;
    private readonly ScalarType _precision;

    public MaskedLanguageModelHead(BertConfig config, ScalarType precision) : base(nameof(MaskedLanguageModelHead))
    {
        HeadLayer layer = config.Head(HeadKind.MaskedLM)!.Layers[0];
        _dense = new Dense(layer.Inputs, layer.Outputs, config.InitializerRange, precision, layer.Bias is not null);
        _norm = new Norm(config, layer.NormHasBias, layer.Outputs);
        _activation = layer.Activation!.Value;
        _precision = precision;
        _predictions = new ModuleGroup(("transform", new ModuleGroup(("dense", _dense), ("LayerNorm", _norm))));
        _predictions.register_parameter("bias", Parameter(zeros(config.VocabSize)));
        register_module("predictions", _predictions);
    }

    /// <summary>The bias of each token's score, [vocabulary].</summary>
    public Parameter Bias => _predictions.get_parameter("bias")!;

    /// <returns>Scores before softmax, [positions, vocabulary].</returns>
    /// <param name="hidden">[positions, hidden].</param>
    /// <param name="wordEmbeddings">[vocabulary, width].</param>
    public Tensor Forward(Tensor hidden, Tensor wordEmbeddings)
    {
        Tensor transformed = _norm.Forward(_activation.Apply(_dense.Forward(hidden)).to(ScalarType.Float32));
        return functional.linear(transformed.to(_precision), wordEmbeddings.to(_precision)).to(ScalarType.Float32).Plus(Bias);
    }
}
