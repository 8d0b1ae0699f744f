using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Determines the form of int8 weights for exact integer products in ONNX Runtime. On x64 processors without VNNI, its kernel for unsigned
/// activations and signed weights adds two products in 16 bits and saturates. Its kernel for unsigned weights never does, but is slower
/// than VNNI. Therefore, weights are unsigned if signed ones saturate.
/// </summary>
/// <remarks>
/// This is tested with a product instead of the processor's flags, because it also depends on the version, build and operating system of
/// ONNX Runtime.
/// </remarks>
internal static class IntegerProducts
{
    /// <summary>The number that is added to signed weights, which is the zero point of unsigned ones.</summary>
    public const byte ZeroPoint = 128;

    /// <summary>ONNX Runtime's session option that converts the weights of a graph to unsigned ones.</summary>
    public const string SessionOption = "session.x64quantprecision";

    /// <summary>
    /// An <see cref="AppContext"/> switch for tests and benchmarks, read when a model's first session opens: true for unsigned weights,
    /// false for signed ones.
    /// </summary>
    public const string Switch = "Bert.MLNet.UnsignedWeights";

    /// <summary>The maximum sum of two weights whose products with activations of 255 fit into 16 bits.</summary>
    private const sbyte SafeWeight = short.MaxValue / (2 * byte.MaxValue);

    // More rows than a kernel processes at once; inputs and outputs are not multiples of a vector.
    private const int Rows = 13, Inputs = 70, Outputs = 37;

    // Several threads can run the test at the same time, with the same result. A failure is not cached.
    private static readonly Lazy<bool> s_saturate = new(() => Saturate(Multiply), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Computes the product of activations, [rows, inputs], and weights, [inputs, outputs], as floats.</summary>
    public delegate float[] Product(float[] activations, sbyte[] weights, int rows, int inputs, int outputs);

    /// <summary>Whether graphs with arbitrary int8 weights need them unsigned.</summary>
    public static bool PreferUnsigned => AppContext.TryGetSwitch(Switch, out bool unsigned) ? unsigned : s_saturate.Value;

    /// <summary>Whether the int8 weights of a checkpoint are used as unsigned bytes.</summary>
    public static bool NeedUnsigned(BertWeights weights) =>
        weights.AreQuantized && (AppContext.TryGetSwitch(Switch, out bool unsigned) ? unsigned : s_saturate.Value && MaySaturate(weights));

    /// <summary>
    /// Whether signed weights are so large that two products can saturate. Those of <see cref="BertQuantizationOptions.ReduceRange"/> are
    /// not.
    /// </summary>
    public static bool MaySaturate(BertWeights weights) => weights.Names.Any(name =>
        weights.HasQuantized(name)
            && MemoryMarshal.Cast<byte, sbyte>(weights[name].Bytes.Span).ContainsAnyExceptInRange((sbyte)-SafeWeight, SafeWeight));

    /// <summary>Whether a product of the largest activations and weights is wrong.</summary>
    public static bool Saturate(Product product)
    {
        // All are 255 after quantization, with a scale of 1 and a zero point of 0. The sums are integers that a float represents exactly.
        float[] activations = new float[Rows * Inputs];
        activations.AsSpan().Fill(byte.MaxValue);
        sbyte[] weights = new sbyte[Inputs * Outputs];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (sbyte)(i % Outputs % 2 == 0 ? sbyte.MaxValue : -sbyte.MaxValue);
        float[] sums = product(activations, weights, Rows, Inputs, Outputs);
        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i] != Inputs * byte.MaxValue * weights[i % Outputs])
                return true;
        }
        return false;
    }

    // As the layers of a model are computed.
    private static float[] Multiply(float[] activations, sbyte[] weights, int rows, int inputs, int outputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var layer = new TrialLayer(new GraphWeight("weight", OnnxGraph.Int8, IsTransposed: true, [inputs, outputs]), options, Fill);
        return layer.Run(activations, rows);

        void Fill(string name, Span<byte> bytes)
        {
            if (name == TrialLayer.Weight)
                MemoryMarshal.AsBytes(weights).CopyTo(bytes);
            else
                MemoryMarshal.Cast<byte, float>(bytes).Fill(name == TrialLayer.Bias ? 0 : 1);
        }
    }
}
