using System.Runtime.CompilerServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A checkpoint's weights as ONNX Runtime's values, for all sessions over one model: F32 in the checkpoint's own memory, F16 and BF16,
/// and int8 where it must be unsigned, converted once. What ONNX Runtime packs of them for its matrix products is shared between the
/// sessions too.
/// </summary>
internal sealed class EncoderWeights(BertWeights weights) : IDisposable
{
    private readonly Dictionary<string, (OrtValue Value, GraphWeight Weight, BertTensor Tensor, ReadOnlyMemory<byte> Held)> _values = [];
    private readonly List<OrtValue> _packed = [];
    private bool _goesWhenPacked = weights.GoWhenPacked;

    public PrePackedWeightsContainer Packed { get; } = new();

    /// <summary>Whether int8 matrices are multiplied as unsigned bytes.</summary>
    public bool AreUnsigned { get; } = IntegerProducts.NeedUnsigned(weights);

    /// <summary>The value of a weight; its memory stays in place until this object is disposed.</summary>
    /// <param name="name">Its name in the graph.</param>
    /// <param name="weight">What the graph wants.</param>
    /// <exception cref="InvalidDataException">The checkpoint's tensor has another shape than the graph's.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint has let go of it.</exception>
    public OrtValue Get(string name, GraphWeight weight)
    {
        if (!_values.TryGetValue(name, out var entry))
        {
            // Tried now and not when it goes, while there is nothing packed in memory yet.
            _goesWhenPacked = _goesWhenPacked && (!QuantizedWeights.IsOfLayer(weight.Name) || PackedMatrices.AreEnough(weight));
            BertTensor tensor = weight.Of(weights);
            _values.Add(name, entry = (weight.Value(tensor.Address, tensor.Bytes.Length), weight, tensor, tensor.Bytes));
        }
        return entry.Value;
    }

    /// <summary>
    /// The first prediction is about to be computed, and all who share a pipeline's model have opened their sessions. Where the process said so (<see cref="InferenceOnly"/>), the layers'
    /// matrices go, if ONNX Runtime has packed them, and the collector is asked for their memory at once.
    /// </summary>
    public void OnPrediction()
    {
        if (!_goesWhenPacked)
            return;
        _goesWhenPacked = false;
        LetGo();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    // On a frame of its own, whose variables hold nothing any more when the collector runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LetGo()
    {
        foreach ((string name, var entry) in _values.Where(entry => QuantizedWeights.IsOfLayer(entry.Value.Weight.Name)).ToArray())
        {
            entry.Tensor.LetGo();
            _packed.Add(entry.Value);
            _values.Remove(name);
        }
        weights.LetGoOfLayers();
    }

    public void Dispose()
    {
        foreach (OrtValue value in _values.Values.Select(entry => entry.Value).Concat(_packed))
            value.Dispose();
        _values.Clear();
        Packed.Dispose();
    }
}
