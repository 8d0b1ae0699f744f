using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Tests whether an open session computes dense layers only from its packed matrices, and no longer reads the original ones. ONNX Runtime
/// does not report this, and it depends on the processor and the version. Therefore, it is tested once for each shape by changing a private
/// matrix under an open session.
/// </summary>
internal static class PackedMatrices
{
    // One row, few rows and many rows are computed in different ways.
    private static readonly int[] s_rows = [1, 2, 7, 50];

    private static readonly ConcurrentDictionary<(int Type, int Rows, int Columns), bool> s_tried = new();

    /// <summary>Whether the packed matrix is sufficient.</summary>
    /// <param name="weight">A matrix of a dense layer in a graph of this library.</param>
    public static bool AreEnough(GraphWeight weight) =>
        s_tried.GetOrAdd((weight.ElementType, weight.Shape[0], weight.Shape[1]), static (_, matrix) =>
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return AreEnough(matrix, options);
    }, weight);

    /// <summary>Whether the packed matrix is sufficient in a session with these unused options.</summary>
    public static bool AreEnough(GraphWeight weight, SessionOptions options)
    {
        bool isQuantized = weight.ElementType != OnnxGraph.Float;
        using var layer = new TrialLayer(weight, options, (name, bytes) =>
        {
            if (isQuantized && name == TrialLayer.Weight)
                new Random(1).NextBytes(bytes);
            else
                Fill(MemoryMarshal.Cast<byte, float>(bytes));
        });
        int inputs = isQuantized ? weight.Shape[0] : weight.Shape[1];
        float[][] before = [.. s_rows.Select(Run)];
        layer.Matrix.Fill(0x55);
        return before.Zip(s_rows.Select(Run)).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

        float[] Run(int rows)
        {
            float[] input = new float[rows * inputs];
            Fill(input);
            return layer.Run(input, rows);
        }
    }

    private static void Fill(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = MathF.Sin(i);
    }
}
