using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Matrix products in bfloat16. What they cost depends on the processor in a way that its feature flags do not tell: on AMD's Zen 5 half of single
/// precision, with Intel's AVX-512 BF16 and no AMX more than that, without either three times as much. So it is measured, in a tenth of a second.
/// </summary>
internal static class BFloat16Products
{
    private const int Rows = 256, Width = 256, Rounds = 15;
    private const double WorthIt = 1.2; // conversions beside the products cost as well

    private static bool s_areFaster, s_isMeasured;
    private static object? s_measuring;

    /// <summary>Whether they are clearly faster than products in single precision on this machine. libtorch has to be loaded.</summary>
    public static bool AreFaster => LazyInitializer.EnsureInitialized(
        ref s_areFaster, ref s_isMeasured, ref s_measuring, static () => Time(ScalarType.Float32) > WorthIt * Time(ScalarType.BFloat16));

    private static double Time(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        Tensor left = ones(Rows, Width, dtype: type), right = ones(Width, 4 * Width, dtype: type);
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            left.matmul(right).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        });
    }
}
