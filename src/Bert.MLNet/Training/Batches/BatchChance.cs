using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// The source of random numbers for a batch. The numbers depend only on the batch's seed, not on what other threads do. A CUDA
/// device has its own generator, used by a single thread.
/// </summary>
internal static class BatchChance
{
    [ThreadStatic]
    private static int t_seed;

    [ThreadStatic]
    private static ulong t_key;

    /// <summary>Makes the random numbers that this thread draws from now on depend only on <paramref name="seed"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="device">The device that draws numbers; null for the processor.</param>
    public static void Seed(int seed, Device? device = null)
    {
        t_seed = seed;
        t_key = (ulong)seed;
        if (device is { type: DeviceType.CUDA })
            cuda.manual_seed(seed);
    }

    /// <summary>
    /// Returns 64 random bits from SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
    /// </summary>
    public static ulong NextKey()
    {
        ulong key = unchecked(t_key += 0x9E3779B97F4A7C15);
        key = unchecked((key ^ (key >> 30)) * 0xBF58476D1CE4E5B9);
        key = unchecked((key ^ (key >> 27)) * 0x94D049BB133111EB);
        return key ^ (key >> 31);
    }

    /// <summary>Creates a generator of random numbers outside of tensors.</summary>
    public static Random Random() => new(t_seed);
}
