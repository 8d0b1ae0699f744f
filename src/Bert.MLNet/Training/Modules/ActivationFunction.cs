using Bert.MLNet.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Computes the activation functions of <see cref="BertActivation"/> as differentiable operations.</summary>
internal static class ActivationFunction
{
    public static Tensor Apply(this BertActivation activation, Tensor x) => activation switch
    {
        BertActivation.Gelu => functional.gelu(x),
        BertActivation.GeluTanh => functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        BertActivation.QuickGelu => x * sigmoid(x.Times(1.702)),
        BertActivation.Relu => functional.relu(x),
        BertActivation.Silu => functional.silu(x),
        BertActivation.Tanh => x.tanh(),
        BertActivation.Sigmoid => sigmoid(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
