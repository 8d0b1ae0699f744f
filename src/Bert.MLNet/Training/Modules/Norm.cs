using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>LayerNorm over the values of a token, with or without a bias.</summary>
internal sealed class Norm : ExplicitModule
{
    private readonly double _epsilon;

    public Norm(BertConfig config, bool hasBias, int? width = null) : base(nameof(Norm))
    {
        _epsilon = config.LayerNormEps;
        register_parameter("weight", Parameter(ones(width ?? config.HiddenSize)));
        if (hasBias)
            register_parameter("bias", Parameter(zeros(width ?? config.HiddenSize)));
    }

    public Tensor Forward(Tensor input)
    {
        Parameter weight = get_parameter("weight")!;
        return functional.layer_norm(input, weight.shape, weight, get_parameter("bias"), _epsilon);
    }
}
