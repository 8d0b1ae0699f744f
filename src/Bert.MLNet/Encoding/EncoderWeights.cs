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
    /// <param name="name">Its name in the graph.</param>
    /// <param name="weight">What the graph wants.</param>
    /// <exception cref="InvalidDataException">The checkpoint's tensor has another shape than the graph's.</exception>
    public OrtValue Get(string name, GraphWeight weight)
    {
        if (!_values.TryGetValue(name, out var entry))
        {
            BertTensor tensor = weight.Of(weights);
            // ONNX Runtime numbers its types as ONNX does.
            OrtValue value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)weight.ElementType, [.. weight.Shape.Select(size => (long)size)], tensor.Address, tensor.Bytes.Length);
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
}
