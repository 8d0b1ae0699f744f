using System.Diagnostics;
using Bert.MLNet.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// The most that the machine's processors multiply and add in matrix products, by ONNX Runtime's own kernels at the shapes of an encoder's
/// feed-forward network, one product a thread. No encoder can be faster than its products.
/// </summary>
internal static class MatrixCeiling
{
    private const int Rows = 512, UInt8 = 2;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(0.5);

    /// <summary>Operations a second: a multiplication and an addition are two.</summary>
    /// <param name="hidden">Hidden values of the encoder.</param>
    /// <param name="int8">Whether bytes are multiplied.</param>
    /// <param name="threads">Threads.</param>
    public static double Measure(int hidden, bool int8, int threads) =>
        Math.Max(Measure(hidden, 4 * hidden, int8, threads), Measure(4 * hidden, hidden, int8, threads));

    private static double Measure(int inputs, int outputs, bool int8, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(Product(inputs, outputs, int8), options);
        long count = 0;
        long start = Stopwatch.GetTimestamp();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            using OrtValue value = int8
                ? OrtValue.CreateTensorValueFromMemory(
                    Enumerable.Range(0, Rows * inputs).Select(i => (byte)(i * 37)).ToArray(), [Rows, inputs])
                : OrtValue.CreateTensorValueFromMemory(
                    Enumerable.Range(0, Rows * inputs).Select(i => i % 17 * 0.1f).ToArray(), [Rows, inputs]);
            using var run = new RunOptions();
            using OrtValue result = OrtValue.CreateTensorValueFromMemory(new float[Rows * outputs], [Rows, outputs]);
            while (Stopwatch.GetElapsedTime(start) < Duration)
            {
                session.Run(run, ["x"], [value], ["y"], [result]);
                Interlocked.Increment(ref count);
            }
        });
        return 2.0 * Rows * inputs * outputs * count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static byte[] Product(int inputs, int outputs, bool int8)
    {
        var graph = new OnnxGraph("product");
        string x = graph.Input("x", int8 ? UInt8 : OnnxGraph.Float, Rows, inputs);
        byte[] weights = new byte[inputs * outputs * (int8 ? 1 : sizeof(float))];
        for (int i = 0; i < weights.Length; i += int8 ? 1 : sizeof(float))
        {
            if (int8)
                weights[i] = (byte)(i * 53);
            else
                BitConverter.TryWriteBytes(weights.AsSpan(i), i % 13 * 0.01f);
        }
        string w = graph.Constant(int8 ? OnnxGraph.Int8 : OnnxGraph.Float, [inputs, outputs], weights);
        string y = graph.Add(int8 ? "MatMulInteger" : "MatMul", [x, w]);
        graph.Output("y", int8 ? graph.Add("Cast", [y], ("to", (long)OnnxGraph.Float)) : y, Rows, outputs);
        return graph.ToModel();
    }
}
