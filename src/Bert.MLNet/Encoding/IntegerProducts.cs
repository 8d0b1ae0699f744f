using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Encoders;

/// <summary>
/// How int8 weights go into ONNX Runtime's integer products, so that these are exact. On x64 processors without VNNI its kernel for
/// unsigned activations and signed weights
/// adds two products in 16 bits and saturates. Its kernel for unsigned weights never does, but is slower than VNNI. So weights go in
/// unsigned where signed ones saturate.
/// </summary>
/// <remarks>
/// Whether they do is found out by multiplying, not from the processor's flags: version, build and operating system of ONNX Runtime decide,
/// too.
/// </remarks>
internal static class IntegerProducts
{
    /// <summary>What is added to a signed weight, and so the zero point of unsigned ones.</summary>
    public const byte ZeroPoint = 128;

    /// <summary>ONNX Runtime's option that makes the weights of a graph unsigned while a session opens it.</summary>
    public const string SessionOption = "session.x64quantprecision";

    /// <summary>
    /// A switch of <see cref="AppContext"/> for tests and benchmarks, read when a model's first session opens: true for unsigned weights,
    /// false for signed ones.
    /// </summary>
    public const string Switch = "Bert.MLNet.UnsignedWeights";

    /// <summary>What a sum of two products with activations of 255 may have for weights and still fit into 16 bits.</summary>
    private const sbyte SafeWeight = short.MaxValue / (2 * byte.MaxValue);

    // More rows than a kernel takes at once; inputs and outputs are no multiples of a vector.
    private const int Rows = 13, Inputs = 70, Outputs = 37;

    // Several threads may find out at the same time, all the same thing. A failure is not kept.
    private static readonly Lazy<bool> s_saturate = new(() => Saturate(Multiply), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Computes activations, [rows, inputs], times weights, [inputs, outputs], as floats.</summary>
    public delegate float[] Product(float[] activations, sbyte[] weights, int rows, int inputs, int outputs);

    /// <summary>Whether graphs with int8 weights of any size need them unsigned.</summary>
    public static bool PreferUnsigned => AppContext.TryGetSwitch(Switch, out bool unsigned) ? unsigned : s_saturate.Value;

    /// <summary>Whether the int8 weights of a checkpoint go in as unsigned bytes.</summary>
    public static bool NeedUnsigned(BertWeights weights) =>
        weights.AreQuantized && (AppContext.TryGetSwitch(Switch, out bool unsigned) ? unsigned : s_saturate.Value && MaySaturate(weights));

    /// <summary>
    /// Whether signed weights are so large that two products may saturate. Those of <see cref="BertQuantizationOptions.ReduceRange"/> are
    /// not.
    /// </summary>
    public static bool MaySaturate(BertWeights weights) => weights.Names.Any(name =>
        weights.HasQuantized(name) && MemoryMarshal.Cast<byte, sbyte>(weights[name].Bytes.Span).ContainsAnyExceptInRange((sbyte)-SafeWeight, SafeWeight));

    /// <summary>Whether a product of the largest activations and weights is not what it should be.</summary>
    public static bool Saturate(Product product)
    {
        // All 255 after quantization, with a scale of 1 and a zero point of 0. The sums are whole numbers that a float holds.
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
