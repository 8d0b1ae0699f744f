using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Accesses the memory of tensors.</summary>
internal static class TensorValues
{
    /// <summary>Returns the memory of a contiguous single-precision tensor on the CPU. Valid as long as the tensor.</summary>
    /// <exception cref="ArgumentException">The tensor has another type, is on another device, or not contiguous.</exception>
    public static Span<float> Values(this Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32 || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException(
                $"The tensor must be contiguous, in single precision and on the CPU, but it is {tensor.dtype} on {tensor.device}.",
                nameof(tensor));
        return MemoryMarshal.Cast<byte, float>(tensor.bytes);
    }
}
