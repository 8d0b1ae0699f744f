using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Where a batch gets its chance from. What it draws depends on its seed alone, and not on what other threads do. A CUDA device has a generator of its own, and one thread that uses it.
/// </summary>
internal static class BatchChance
{
    [ThreadStatic]
    private static int t_seed;

    [ThreadStatic]
    private static ulong t_key;

    /// <summary>Makes what this thread draws from now on a function of <paramref name="seed"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="device">The device that draws; null: the processor.</param>
    public static void Seed(int seed, Device? device = null)
    {
        t_seed = seed;
        t_key = (ulong)seed;
        if (device is { type: DeviceType.CUDA })
            cuda.manual_seed(seed);
    }

    /// <summary>64 bits of chance: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).</summary>
    public static ulong NextKey()
    {
        ulong key = unchecked(t_key += 0x9E3779B97F4A7C15);
        key = unchecked((key ^ (key >> 30)) * 0xBF58476D1CE4E5B9);
        key = unchecked((key ^ (key >> 27)) * 0x94D049BB133111EB);
        return key ^ (key >> 31);
    }

    /// <summary>Chance for what is no tensor.</summary>
    public static Random Random() => new(t_seed);
}
