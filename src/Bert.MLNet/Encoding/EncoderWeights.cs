using System.Runtime.CompilerServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>
/// A checkpoint's weights as ONNX Runtime values, for all sessions of one model: F32 in the checkpoint's own memory; F16 and BF16, and int8
/// if it must be unsigned, converted once. The matrices that ONNX Runtime packs for its products are also shared between the sessions.
/// </summary>
internal sealed class EncoderWeights(BertWeights weights) : IDisposable
{
    /// <summary>The memory of packed matrices, as a part of the memory of all weights.</summary>
    private const double MostPacked = 0.55;

    /// <summary>Packed matrices can always have this size, in bytes.</summary>
    private const long AlwaysPacked = 32 << 20;

    private readonly Dictionary<string, (OrtValue Value, GraphWeight Weight, BertTensor Tensor, ReadOnlyMemory<byte> Held)> _values = [];
    private readonly List<OrtValue> _packed = [];
    private readonly HashSet<string> _inPlace = InPlace(weights);
    private bool _goesWhenPacked = weights.GoWhenPacked;

    public PrePackedWeightsContainer Packed { get; } = new();

    /// <summary>Whether int8 matrices are multiplied as unsigned bytes.</summary>
    public bool AreUnsigned { get; } = IntegerProducts.NeedUnsigned(weights);

    /// <summary>Gets the value of a weight; its memory remains in place until this object is disposed.</summary>
    /// <param name="name">Its name in the graph.</param>
    /// <param name="weight">The form that the graph requires.</param>
    /// <exception cref="InvalidDataException">The shape of the checkpoint's tensor differs from the graph's.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint has released it.</exception>
    public OrtValue Get(string name, GraphWeight weight)
    {
        if (!_values.TryGetValue(name, out var entry))
        {
            // Tested now instead of at release, because no packed matrices are in memory yet.
            _goesWhenPacked = _goesWhenPacked && (!QuantizedWeights.IsOfLayer(weight.Name) || PackedMatrices.AreEnough(weight));
            BertTensor tensor = weight.Of(weights);
            _values.Add(name, entry = (weight.Value(tensor.Address, tensor.Bytes.Length), weight, tensor, tensor.Bytes));
        }
        return entry.Value;
    }

    /// <summary>
    /// Whether products read a matrix in the checkpoint's memory and not a packed copy. This is slower for a single row, by the time of
    /// packing it. It applies to some of the matrices if the copies of all would take too much memory.
    /// </summary>
    /// <param name="name">The name of a weight in the graph.</param>
    public bool IsInPlace(string name) => _inPlace.Contains(name);

    /// <summary>
    /// Called before the first prediction, when all users of a pipeline's model have opened their sessions. With
    /// <see cref="InferenceOnly"/> on, the layers' matrices are released if ONNX Runtime has packed them, and the garbage collector frees
    /// their memory immediately.
    /// </summary>
    public void OnPrediction()
    {
        if (!_goesWhenPacked)
            return;
        _goesWhenPacked = false;
        LetGo();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static HashSet<string> InPlace(BertWeights weights)
    {
        if (weights.GoWhenPacked)
            return [];
        long all = weights.Names.Select(name => weights[name]).Distinct().Sum(Size), packed = 0;
        long most = Math.Max(AlwaysPacked, (long)(MostPacked * all));
        return
        [
            .. weights.Names.Where(name => QuantizedWeights.IsOfLayer(name) && !weights.HasQuantized(name)
                && (packed += Size(weights[name])) > most),
        ];

        static long Size(BertTensor tensor) => (long)tensor.Count * (tensor.Type.IsWeight() ? sizeof(float) : tensor.Type.Size());
    }

    // In a separate frame, whose variables no longer reference anything when the collector runs.
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
