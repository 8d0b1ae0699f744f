using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>x·Wᵀ + b, computed in the precision asked for; the weights themselves stay in single precision.</summary>
internal sealed class Dense : ExplicitModule
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly ScalarType _precision;

    public Dense(long inputs, long outputs, double deviation, ScalarType precision = ScalarType.Float32) : base(nameof(Dense))
    {
        _weight = Parameter(randn(outputs, inputs) * deviation);
        _bias = Parameter(zeros(outputs));
        _precision = precision;
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    public Tensor Forward(Tensor input) =>
        functional.linear(input.to(_precision), _weight.to(_precision), _bias.to(_precision));
}
