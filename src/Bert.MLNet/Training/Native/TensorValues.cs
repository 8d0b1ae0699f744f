using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>The memory of tensors.</summary>
internal static class TensorValues
{
    /// <summary>The memory of a contiguous single-precision tensor on the CPU; valid as long as the tensor is.</summary>
    /// <exception cref="ArgumentException">The tensor is of another type, on another device, or not contiguous.</exception>
    public static Span<float> Values(this Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32 || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException($"A contiguous single-precision tensor on the CPU is needed, not {tensor.dtype} on {tensor.device}.", nameof(tensor));
        return MemoryMarshal.Cast<byte, float>(tensor.bytes);
    }
}
