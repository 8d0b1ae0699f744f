using System.Numerics;

namespace Bert.MLNet.Training;

/// <summary>
/// Rounds sizes so that they recur. A library that compiles a product for each shape of its matrices, such as oneDNN, keeps a
/// thousand of them at a third of a megabyte each; unrounded batches of texts have more shapes than that.
/// </summary>
internal static class FewSizes
{
    /// <summary>Rounds up to the next of a fixed number of sizes between two powers of two. Powers of two do not change.</summary>
    /// <param name="size">The size, at least 1.</param>
    /// <param name="perOctave">
    /// The number of sizes between two powers of two; a power of two itself. On average, rounding adds half of its reciprocal.
    /// </param>
    public static int RoundUp(int size, int perOctave)
    {
        int step = Math.Max(1, (1 << BitOperations.Log2((uint)size)) / perOctave);
        return (size + step - 1) / step * step;
    }
}
