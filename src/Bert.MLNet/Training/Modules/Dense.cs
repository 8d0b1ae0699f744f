using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>x·Wᵀ + b, computed in the given precision. The weights are stored in single precision.</summary>
internal sealed class Dense : ExplicitModule
{
    private readonly ScalarType _precision;
    private LowRankAdapter? _adapter;

    public Dense(long inputs, long outputs, double deviation, ScalarType precision = ScalarType.Float32, bool hasBias = true)
        : base(nameof(Dense))
    {
        _precision = precision;
        register_parameter("weight", Parameter(InitialWeights.Normal(deviation, outputs, inputs)));
        if (hasBias)
            register_parameter("bias", Parameter(zeros(outputs)));
    }

    private Parameter Weight => get_parameter("weight")!;

    private Parameter? Bias => get_parameter("bias");

    public Tensor Forward(Tensor input)
    {
        input = input.to(_precision);
        Tensor output = functional.linear(input, Weight.to(_precision), Bias?.to(_precision));
        return _adapter is null ? output : output.Plus(_adapter.Forward(input));
    }

    /// <summary>Adds an adapter to the layer.</summary>
    public void AddAdapter(int rank, double alpha)
    {
        _adapter = new LowRankAdapter(Weight.shape[1], Weight.shape[0], rank, alpha);
        register_module(LowRankAdaptation.Name, _adapter);
    }

    /// <summary>Returns the weights, [outputs, inputs], with the adapter added if there is one.</summary>
    public float[] MergedWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        float[] merged = [.. Weight.Values()];
        if (_adapter is not null)
            TensorPrimitives.Add(merged, _adapter.Weight().Values(), merged);
        return merged;
    }

    /// <summary>Adds the adapter, if there is one, to the weights and removes it.</summary>
    public void MergeAdapter()
    {
        if (_adapter is null)
            return;
        MergedWeight().CopyTo(Weight.Values());
        register_module(LowRankAdaptation.Name, null!); // null removes the module
        _adapter.Dispose();
        _adapter = null;
    }
}
