using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>A session of one dense layer with private weights, for testing what ONNX Runtime does on this processor.</summary>
internal sealed class TrialLayer : IDisposable
{
    /// <summary>The canonical names of the layer's weights.</summary>
    public const string Weight = "weight", Bias = "bias";

    private const string Input = "input", Output = "output";

    private readonly Dictionary<string, Memory> _weights = [];
    private readonly PrePackedWeightsContainer _packed = new();
    private readonly InferenceSession _session;
    private readonly int _inputs;

    /// <summary>Opens the session.</summary>
    /// <param name="weight">The matrix, in a form that graphs of this library use; its name does not matter.</param>
    /// <param name="options">The options of the session, which must be unused.</param>
    /// <param name="fill">Writes the matrix, the scales of an int8 matrix, or the bias, by canonical name.</param>
    public TrialLayer(GraphWeight weight, SessionOptions options, Action<string, Span<byte>> fill)
    {
        bool isQuantized = weight.ElementType != OnnxGraph.Float;
        // As in checkpoints, [outputs, inputs], unless integer products need it transposed.
        (_inputs, int outputs) = isQuantized ? (weight.Shape[0], weight.Shape[1]) : (weight.Shape[1], weight.Shape[0]);
        var graph = new OnnxGraph("dense");
        graph.Input(Input, OnnxGraph.Float);
        graph.Output(Output, isQuantized
            ? new QuantizedLayers(graph, weight.ElementType == OnnxGraph.UInt8).Linear(Input, Weight, Bias, _inputs, outputs)
            : GraphLayers.Linear(graph, Input, Weight, Bias, _inputs, outputs));
        try
        {
            _session = OnnxEncoder.Open(graph, options, (_, some) => Add(some), _packed);
        }
        catch
        {
            Dispose();
            throw;
        }

        OrtValue Add(GraphWeight some)
        {
            var memory = new Memory(some);
            _weights.Add(some.Name, memory);
            fill(some.Name, memory.Bytes);
            return memory.Value;
        }
    }

    /// <summary>The memory of the matrix that the session was given.</summary>
    public Span<byte> Matrix => _weights[Weight].Bytes;

    /// <summary>Computes the layer's output.</summary>
    /// <param name="input">The values, [rows, inputs].</param>
    /// <param name="rows">Number of rows.</param>
    public float[] Run(float[] input, int rows)
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, [rows, _inputs]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(run, [Input], [value], [Output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _session?.Dispose();
        _packed.Dispose();
        foreach (Memory memory in _weights.Values)
            memory.Dispose();
    }

    /// <summary>Unmanaged memory, which is freed immediately.</summary>
    private sealed unsafe class Memory : IDisposable
    {
        private readonly void* _address;
        private readonly int _length;

        public Memory(GraphWeight weight)
        {
            _length = (int)weight.Size;
            _address = NativeMemory.AlignedAlloc((nuint)_length, 64);
            try
            {
                Value = weight.Value((nint)_address, _length);
            }
            catch
            {
                NativeMemory.AlignedFree(_address);
                throw;
            }
        }

        public OrtValue Value { get; }

        public Span<byte> Bytes => new(_address, _length);

        public void Dispose()
        {
            Value.Dispose();
            NativeMemory.AlignedFree(_address);
        }
    }
}
