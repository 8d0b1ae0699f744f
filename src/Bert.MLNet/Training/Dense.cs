using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp;
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
    private LowRankAdapter? _adapter;

    public Dense(long inputs, long outputs, double deviation, ScalarType precision = ScalarType.Float32) : base(nameof(Dense))
    {
        _weight = Parameter(randn(outputs, inputs) * deviation);
        _bias = Parameter(zeros(outputs));
        _precision = precision;
        register_parameter("weight", _weight);
        register_parameter("bias", _bias);
    }

    public Tensor Forward(Tensor input)
    {
        input = input.to(_precision);
        Tensor output = functional.linear(input, _weight.to(_precision), _bias.to(_precision));
        return _adapter is null ? output : output + _adapter.Forward(input);
    }

    /// <summary>Puts an adapter beside the weights.</summary>
    public void AddAdapter(int rank, double alpha)
    {
        _adapter = new LowRankAdapter(_weight.shape[1], _weight.shape[0], rank, alpha);
        register_module(LowRankAdapters.Name, _adapter);
    }

    /// <summary>Adds the adapter, if there is one, to the weights, and takes it away.</summary>
    public void MergeAdapter()
    {
        if (_adapter is null)
            return;
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        TensorPrimitives.Add(_weight.Values(), _adapter.Weight().Values(), _weight.Values());
        register_module(LowRankAdapters.Name, null!); // torch takes null for "no longer"
        _adapter.Dispose();
        _adapter = null;
    }
}
