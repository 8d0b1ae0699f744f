using System.Runtime.Intrinsics;

namespace Bert.MLNet.Training;

/// <summary>
/// Creates random masks of zeros and ones. A value depends only on a key and its index, so that many values are computed at once
/// and are the same on every processor. Indexes advance in steps of the golden ratio from one half of the key, as in SplitMix
/// (Steele, Lea and Flood, 2014), and pass, with the other half, through the finalizer of MurmurHash3 (Appleby, 2011).
/// </summary>
internal static class DropoutMask
{
    private const uint GoldenRatio = 0x9E3779B9;

    /// <summary>
    /// Sets each value to <paramref name="one"/> with the probability <paramref name="keep"/>, to a precision of 2⁻³², and otherwise to
    /// zero.
    /// </summary>
    /// <param name="mask">The values.</param>
    /// <param name="keep">A probability from 0 to 1.</param>
    /// <param name="one">The value that is not zero.</param>
    /// <param name="key">The key of the mask. Different keys create different masks.</param>
    public static void Fill(Span<float> mask, double keep, float one, ulong key)
    {
        if (keep >= 1)
        {
            mask.Fill(one);
            return;
        }
        uint start = (uint)key, other = (uint)(key >> 32), limit = (uint)(keep * (1L << 32));
        int width = Vector512<float>.Count, i = 0;
        Vector512<uint> place = Vector512<uint>.Indices * GoldenRatio + Vector512.Create(start);
        Vector512<uint> step = Vector512.Create(unchecked((uint)width * GoldenRatio));
        for (; i <= mask.Length - width; i += width, place += step)
            Values(place).CopyTo(mask[i..]);
        Span<float> last = stackalloc float[width];
        Values(place).CopyTo(last);
        last[..(mask.Length - i)].CopyTo(mask[i..]);

        Vector512<float> Values(Vector512<uint> place)
        {
            Vector512<uint> x = place ^ Vector512.Create(other);
            x = (x ^ (x >>> 16)) * 0x85EBCA6B;
            x = (x ^ (x >>> 13)) * 0xC2B2AE35;
            x ^= x >>> 16;
            return Vector512.LessThan(x, Vector512.Create(limit)).AsSingle() & Vector512.Create(one);
        }
    }
}
