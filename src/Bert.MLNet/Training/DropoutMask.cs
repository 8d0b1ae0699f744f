using System.Runtime.Intrinsics;

namespace Bert.MLNet.Training;

/// <summary>
/// Zeros and ones by chance. A value depends on a key and on its place alone, so that many are made at once and are the same on every processor: places are counted in steps of the
/// golden ratio from one half of the key, as in SplitMix (Steele, Lea and Flood, 2014), and go, with the other half, through the finalizer of MurmurHash3 (Appleby, 2011).
/// </summary>
internal static class DropoutMask
{
    private const uint GoldenRatio = 0x9E3779B9;

    /// <summary>Makes each value <paramref name="one"/> with the probability <paramref name="keep"/>, to a four-billionth, and else zero.</summary>
    /// <param name="mask">The values.</param>
    /// <param name="keep">From 0 to 1.</param>
    /// <param name="one">What values are that are not zero.</param>
    /// <param name="key">Other keys make other masks.</param>
    public static void Fill(Span<float> mask, double keep, float one, ulong key)
    {
        if (keep >= 1)
        {
            mask.Fill(one);
            return;
        }
        uint start = (uint)key, other = (uint)(key >> 32), limit = (uint)(keep * (1L << 32));
        Vector512<uint> place = Vector512<uint>.Indices * GoldenRatio + Vector512.Create(start);
        Vector512<uint> step = Vector512.Create(unchecked((uint)Vector512<uint>.Count * GoldenRatio));
        int i = 0;
        for (; i <= mask.Length - Vector512<float>.Count; i += Vector512<float>.Count, place += step)
        {
            Vector512<uint> x = place ^ Vector512.Create(other);
            x = (x ^ (x >>> 16)) * 0x85EBCA6B;
            x = (x ^ (x >>> 13)) * 0xC2B2AE35;
            x ^= x >>> 16;
            (Vector512.LessThan(x, Vector512.Create(limit)).AsSingle() & Vector512.Create(one)).CopyTo(mask[i..]);
        }
        for (; i < mask.Length; i++)
        {
            uint x = unchecked((uint)i * GoldenRatio + start) ^ other;
            x = unchecked((x ^ (x >> 16)) * 0x85EBCA6B);
            x = unchecked((x ^ (x >> 13)) * 0xC2B2AE35);
            x ^= x >> 16;
            mask[i] = x < limit ? one : 0;
        }
    }
}
