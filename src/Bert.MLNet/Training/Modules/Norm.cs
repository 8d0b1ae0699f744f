using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>LayerNorm over the values of a token, with or without a bias.</summary>
internal sealed class Norm : ExplicitModule
{
    private readonly double _epsilon;
    private readonly long[] _shape;

    public Norm(BertConfig config, bool hasBias, int? width = null) : base(nameof(Norm))
    {
        _epsilon = config.LayerNormEps;
        _shape = [width ?? config.HiddenSize];
        register_parameter("weight", Parameter(ones(_shape)));
        if (hasBias)
            register_parameter("bias", Parameter(zeros(_shape)));
    }

    public Tensor Forward(Tensor input) => functional.layer_norm(input, _shape, get_parameter("weight"), get_parameter("bias"), _epsilon);
}
