using Bert.MLNet.Models.Families;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>A convolution of the embeddings over neighbouring tokens of their row; see <see cref="EmbeddingConvolution"/>.</summary>
internal sealed class Convolution : ExplicitModule
{
    private readonly EmbeddingConvolution _convolution;
    private readonly ModuleGroup _conv = new();
    private readonly Norm _norm;
    private readonly ScalarType _precision;
    private readonly double _dropout;

    /// <param name="convolution">The convolution to compute.</param>
    /// <param name="config">The shape of the encoder.</param>
    /// <param name="precision">The type of the products.</param>
    public Convolution(EmbeddingConvolution convolution, BertConfig config, ScalarType precision) : base(nameof(Convolution))
    {
        (_convolution, _precision, _dropout) = (convolution, precision, config.HiddenDropoutProb);
        int hidden = config.HiddenSize;
        _norm = new Norm(config, config.Shape.NormHasBias);
        _conv.register_parameter("weight", Parameter(
            InitialWeights.Normal(config.InitializerRange, hidden, hidden / convolution.Groups, convolution.Size)));
        _conv.register_parameter("bias", Parameter(zeros(hidden)));
        register_module("conv", _conv);
        register_module("LayerNorm", _norm);
    }

    /// <returns>The normalized sum of the convolution and the layer's output, [tokens, hidden].</returns>
    /// <param name="embeddings">The embeddings, [tokens, hidden].</param>
    /// <param name="output">The output of the layer, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor Forward(Tensor embeddings, Tensor output, PackedTokens tokens)
    {
        Tensor weight = _conv.get_parameter("weight")!.to(_precision), bias = _conv.get_parameter("bias")!.to(_precision);
        Tensor rows = tokens.ToRows(embeddings.to(_precision)).transpose(1, 2);
        Tensor convolved = functional.conv1d(rows, weight, bias, padding: _convolution.Padding, groups: _convolution.Groups);
        Tensor values = tokens.FromRows(convolved.transpose(1, 2).contiguous()).to(output.dtype);
        return _norm.Forward(output.Plus(_convolution.Activation.Apply(values.Dropout(_dropout, training))));
    }
}
