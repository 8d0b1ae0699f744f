using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// A low-rank correction that is added to a frozen linear layer. It is (α / r)·B·A·x, of rank r (Hu et al., 2021, arXiv:2106.09685).
/// B is zero at first, so the initial correction is zero.
/// </summary>
internal sealed class LowRankAdapter : ExplicitModule
{
    private readonly ModuleGroup _a = new(), _b = new();
    private readonly double _scale;

    public LowRankAdapter(long inputs, long outputs, int rank, double alpha) : base(nameof(LowRankAdapter))
    {
        // A is initialized as in HuggingFace's peft.
        using Tensor noise = rand(rank, inputs), doubled = noise.Times(2), centred = doubled.Minus(1);
        _a.register_parameter("weight", Parameter(centred.Over(Math.Sqrt(inputs))));
        _b.register_parameter("weight", Parameter(zeros(outputs, rank)));
        _scale = alpha / rank;
        register_module("A", _a);
        register_module("B", _b);
    }

    private Parameter A => _a.get_parameter("weight")!;

    private Parameter B => _b.get_parameter("weight")!;

    public Tensor Forward(Tensor input) => functional.linear(functional.linear(input, A.to(input.dtype)), B.to(input.dtype)).Times(_scale);

    /// <summary>Returns the weights of an equivalent linear layer, [outputs, inputs].</summary>
    public Tensor Weight() => B.matmul(A).Times(_scale);
}
