using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>What is added to a linear layer that stays as it is: (α / r)·B·A·x, of rank r (Hu et al., 2021, arXiv:2106.09685). B is zero at first, so that nothing is added then.</summary>
internal sealed class LowRankAdapter : ExplicitModule
{
    private readonly Parameter _a, _b;
    private readonly double _scale;

    public LowRankAdapter(long inputs, long outputs, int rank, double alpha) : base(nameof(LowRankAdapter))
    {
        // A is drawn as HuggingFace's peft draws it.
        _a = Parameter((rand(rank, inputs) * 2 - 1) / Math.Sqrt(inputs));
        _b = Parameter(zeros(outputs, rank));
        _scale = alpha / rank;
        ModuleGroup a = new(), b = new();
        a.register_parameter("weight", _a);
        b.register_parameter("weight", _b);
        register_module("A", a);
        register_module("B", b);
    }

    public Tensor Forward(Tensor input) => functional.linear(functional.linear(input, _a.to(input.dtype)), _b.to(input.dtype)) * _scale;

    /// <summary>The weights of a linear layer that does the same, [outputs, inputs].</summary>
    public Tensor Weight() => _b.matmul(_a) * _scale;
}
