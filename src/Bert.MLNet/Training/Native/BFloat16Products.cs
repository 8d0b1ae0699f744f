using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Matrix products in bfloat16. Feature flags do not tell their cost, which depends on the processor: on AMD's Zen 5 it is half
/// that of single precision, with Intel's AVX-512 BF16 and without AMX it is higher than that, and without either it is three times
/// as high. So it is measured, in a tenth of a second.
/// </summary>
internal static class BFloat16Products
{
    private const int Rows = 256, Width = 256, Rounds = 15;
    private const double WorthIt = 1.2; // conversions have a cost, too

    private static bool s_areFaster, s_isMeasured;
    private static object? s_measuring;

    /// <summary>Whether bfloat16 products are clearly faster than single precision on this machine. libtorch must be loaded.</summary>
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
