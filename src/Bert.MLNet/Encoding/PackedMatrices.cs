using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Whether a session that is open computes dense layers from its matrices as it packed them, and does not read any more those that it was given. ONNX Runtime does not say it, and processor
/// and version decide. So it is tried, once for each shape, with a matrix that nobody else has: it is changed under an open session.
/// </summary>
internal static class PackedMatrices
{
    private const string Input = "input", Output = "output", Weight = "weight", Bias = "bias";

    // A row is computed in another way than several, and few in another than many.
    private static readonly int[] s_rows = [1, 2, 7, 50];

    private static readonly ConcurrentDictionary<(int Type, int Rows, int Columns), bool> s_tried = new();

    /// <summary>Whether the packed matrix is enough.</summary>
    /// <param name="weight">A matrix of a dense layer in a graph that was written here.</param>
    public static bool AreEnough(GraphWeight weight) => s_tried.GetOrAdd((weight.ElementType, weight.Shape[0], weight.Shape[1]), static (_, matrix) =>
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return AreEnough(matrix, options);
    }, weight);

    /// <summary>Whether the packed matrix is enough in a session with these options, which nobody has used yet.</summary>
    public static bool AreEnough(GraphWeight weight, SessionOptions options)
    {
        bool isQuantized = weight.ElementType == OnnxGraph.Int8;
        // As in checkpoints, [outputs, inputs], unless products of integers have it turned.
        (int inputs, int outputs) = isQuantized ? (weight.Shape[0], weight.Shape[1]) : (weight.Shape[1], weight.Shape[0]);
        var graph = new OnnxGraph("dense");
        graph.Input(Input, OnnxGraph.Float);
        graph.Output(Output, isQuantized
            ? new QuantizedLayers(graph).Linear(Input, Weight, Bias, inputs, outputs)
            : BertGraph.Linear(graph, Input, Weight, Bias, inputs, outputs));

        var weights = new List<Weights>();
        using var packed = new PrePackedWeightsContainer();
        try
        {
            using InferenceSession session = OnnxEncoder.Open(graph, options, (_, weight) => Add(weight), packed);
            float[][] before = [.. s_rows.Select(rows => Run(session, rows, inputs))];
            foreach (Weights some in weights.Where(some => some.Bytes.Length == weight.Size))
                some.Bytes.Fill(0x55);
            return before.Zip(s_rows.Select(rows => Run(session, rows, inputs))).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }
        finally
        {
            weights.ForEach(some => some.Dispose());
        }

        OrtValue Add(GraphWeight some)
        {
            weights.Add(new Weights(some));
            return weights[^1].Value;
        }
    }

    private static float[] Run(InferenceSession session, int rows, int inputs)
    {
        using OrtValue input = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [rows, inputs]);
        Fill(input.GetTensorMutableDataAsSpan<float>());
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, [Input], [input], [Output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void Fill(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = MathF.Sin(i);
    }

    /// <summary>Weights in memory that is not the collector's, and so goes back at once.</summary>
    private sealed unsafe class Weights : IDisposable
    {
        private readonly void* _memory;
        private readonly int _length;

        public Weights(GraphWeight weight)
        {
            _length = (int)weight.Size;
            _memory = NativeMemory.AlignedAlloc((nuint)_length, 64);
            if (weight.ElementType == OnnxGraph.Int8)
                new Random(1).NextBytes(Bytes);
            else
                Fill(MemoryMarshal.Cast<byte, float>(Bytes));
            Value = weight.Value((nint)_memory, _length);
        }

        public OrtValue Value { get; }

        public Span<byte> Bytes => new(_memory, _length);

        public void Dispose()
        {
            Value.Dispose();
            NativeMemory.AlignedFree(_memory);
        }
    }
}
