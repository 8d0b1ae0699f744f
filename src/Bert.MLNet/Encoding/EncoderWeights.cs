using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A checkpoint's weights as ONNX Runtime's values, for all sessions over one model: F32 in the checkpoint's own memory, F16 and BF16
/// converted once. What ONNX Runtime packs of them for its matrix products is shared between the sessions too.
/// </summary>
internal sealed class EncoderWeights(BertWeights weights) : IDisposable
{
    private readonly Dictionary<string, (OrtValue Value, BertTensor Memory)> _values = [];

    public PrePackedWeightsContainer Packed { get; } = new();

    /// <summary>The value of a weight; its memory stays in place until this object is disposed.</summary>
    /// <exception cref="InvalidDataException">The checkpoint's tensor has another shape than the graph's.</exception>
    public OrtValue Get(string name, int[] shape)
    {
        if (!_values.TryGetValue(name, out var entry))
        {
            BertTensor tensor = weights[name];
            if (!tensor.Shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException($"Tensor '{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}], but the config asks for [{string.Join(", ", shape)}].");
            if (tensor.Type != TensorType.F32)
                tensor = ToSingle(tensor);
            OrtValue value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [.. shape.Select(size => (long)size)], tensor.Address, tensor.Bytes.Length);
            _values.Add(name, entry = (value, tensor));
        }
        return entry.Value;
    }

    public void Dispose()
    {
        foreach ((OrtValue value, _) in _values.Values)
            value.Dispose();
        _values.Clear();
        Packed.Dispose();
    }

    private static BertTensor ToSingle(BertTensor tensor)
    {
        var single = new BertTensor(tensor.Name, TensorType.F32, tensor.Shape);
        tensor.CopyTo(MemoryMarshal.Cast<byte, float>(single.Writable.Span));
        return single;
    }
}
