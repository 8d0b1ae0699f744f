using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Where a batch gets its chance from. Each thread draws from a generator of its own, so that what a batch draws depends on its seed alone
/// and not on what other threads do. A CUDA device has one generator, and one thread that uses it.
/// </summary>
internal static class BatchChance
{
    [ThreadStatic]
    private static Generator? t_generator;

    [ThreadStatic]
    private static int t_seed;

    /// <summary>Makes what this thread draws from now on a function of <paramref name="seed"/>.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="device">The device that draws; null: the processor.</param>
    public static void Seed(int seed, Device? device = null)
    {
        t_seed = seed;
        OfThread.manual_seed(seed);
        if (device is { type: DeviceType.CUDA })
            cuda.manual_seed(seed);
    }

    /// <summary>The generator for tensors of that device; null: the device's own.</summary>
    public static Generator? Generator(DeviceType device) => device == DeviceType.CPU ? OfThread : null;

    /// <summary>Chance for what is no tensor.</summary>
    public static Random Random() => new(t_seed);

    private static Generator OfThread => t_generator ??= new Generator();
}
