using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Computes scores over the vocabulary from hidden states: dense, activation, LayerNorm, then the token embeddings as decoder.
/// </summary>
internal sealed class MaskedLanguageModelHead
{
    private readonly (Dense Dense, Norm Norm) _transform;
    private readonly Module _root;
    private readonly string? _bias;
    private readonly BertActivation _activation;
    private readonly ScalarType _precision;

    /// <param name="config">The config of the encoder that the head reads.</param>
    /// <param name="precision">The type of matrix products.</param>
    /// <param name="root">The module in which the parts of the head are registered under their canonical names.</param>
    public MaskedLanguageModelHead(BertConfig config, ScalarType precision, Module root)
    {
        Head head = config.Head(HeadKind.MaskedLM)!;
        HeadLayer layer = head.Layers[0];
        (_root, _bias) = (root, head.Layers[1].Bias);
        _transform = (
            new Dense(layer.Inputs, layer.Outputs, config.InitializerRange, precision, layer.Bias is not null),
            new Norm(config, layer.NormHasBias, layer.Outputs));
        _activation = layer.Activation!.Value;
        _precision = precision;
        ModuleGroup.Register(root, layer.Name, _transform.Dense);
        ModuleGroup.Register(root, layer.Norm!, _transform.Norm);
        if (_bias is not null)
            ModuleGroup.Owner(root, _bias).register_parameter(ModuleGroup.LastPart(_bias), Parameter(zeros(config.VocabSize)));
    }

    /// <summary>The bias of each token's score, [vocabulary].</summary>
    /// <exception cref="InvalidOperationException">The head has no bias.</exception>
    public Parameter Bias => OptionalBias ?? throw new InvalidOperationException("The head has no bias.");

    private Parameter? OptionalBias => _bias is null ? null : ModuleGroup.Owner(_root, _bias).get_parameter(ModuleGroup.LastPart(_bias));

    /// <returns>Scores before softmax, [positions, vocabulary].</returns>
    /// <param name="hidden">[positions, hidden].</param>
    /// <param name="wordEmbeddings">[vocabulary, width].</param>
    public Tensor Forward(Tensor hidden, Tensor wordEmbeddings)
    {
        Tensor transformed = _transform.Norm.Forward(_activation.Apply(_transform.Dense.Forward(hidden)).to(ScalarType.Float32));
        Tensor scores = functional.linear(transformed.to(_precision), wordEmbeddings.to(_precision)).to(ScalarType.Float32);
        return OptionalBias is { } bias ? scores.Plus(bias) : scores;
    }
}
