using System.Numerics;

namespace Bert.MLNet.Training;

/// <summary>
/// Sizes that come again. A library that compiles a product for each shape of its matrices, as oneDNN does, keeps a thousand of them, a third of a megabyte each; batches of texts, as they come, have more.
/// </summary>
internal static class FewSizes
{
    /// <summary>The next size at or above this one of which there are so many between a power of two and the next. Powers of two stay what they are.</summary>
    /// <param name="size">At least 1.</param>
    /// <param name="perOctave">A power of two. On average half of its reciprocal is added.</param>
    public static int RoundUp(int size, int perOctave)
    {
        int step = Math.Max(1, (1 << BitOperations.Log2((uint)size)) / perOctave);
        return (size + step - 1) / step * step;
    }
}
