using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Dropout that costs nothing where there is none. Each thread draws from a generator of its own, so that what a batch draws depends on
/// its seed alone and not on what other threads do.
/// </summary>
internal static class DropoutExtension
{
    [ThreadStatic]
    private static Generator? t_generator;

    /// <summary>Makes what this thread draws from now on a function of <paramref name="seed"/>.</summary>
    public static void Seed(long seed) => Chance.manual_seed(seed);

    private static Generator Chance => t_generator ??= new Generator();

    public static Tensor Dropout(this Tensor x, double probability, bool training) =>
        training && probability > 0 ? x * empty_like(x).bernoulli_(1 - probability, Chance).div_(Math.Max(1 - probability, double.Epsilon)) : x;
}
