using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bert.MLNet.Tokenization;

/// <summary>A word of up to 16 UTF-16 units in two registers, for comparison at once.</summary>
internal readonly struct WordKey
{
    private const int Longest = 16;

    private readonly Vector128<ushort> _start, _end;

    private WordKey(Vector128<ushort> start, Vector128<ushort> end, int length)
    {
        (_start, _end, Length) = (start, end, length);
        Vector128<ulong> one = start.AsUInt64(), other = end.AsUInt64();
        ulong mixed = (one[0] * 0x9E37_79B9_7F4A_7C15) ^ BitOperations.RotateLeft(one[1] * 0xC2B2_AE3D_27D4_EB4F, 23)
            ^ BitOperations.RotateLeft(other[0] * 0x1656_67B1_9E37_79F9, 41) ^ (other[1] * 0x27D4_EB2F_1656_67C5);
        mixed += (uint)length;
        Hash = (int)((mixed ^ mixed >> 32) * 0x9E37_79B9_7F4A_7C15 >> 33);
    }

    /// <summary>A hash of 31 bits, of which the upper ones depend on all units.</summary>
    public int Hash { get; }

    /// <summary>The number of UTF-16 units of the word; 0 for the default value.</summary>
    public int Length { get; }

    /// <summary>Creates the key of a word. Returns false if the word is too long, or too close to the end of the array.</summary>
    public static bool TryCreate(char[] characters, int start, int length, out WordKey key)
    {
        key = default;
        if (length > Longest || start > characters.Length - Longest)
            return false;
        ReadOnlySpan<ushort> units = MemoryMarshal.Cast<char, ushort>(characters.AsSpan(start, Longest));
        Vector128<ushort> end = Vector128.Create((ushort)length), half = Vector128.Create((ushort)Vector128<ushort>.Count);
        key = new WordKey(
            Vector128.Create(units) & Vector128.LessThan(Vector128<ushort>.Indices, end),
            Vector128.Create(units[Vector128<ushort>.Count..]) & Vector128.LessThan(Vector128<ushort>.Indices + half, end),
            length);
        return true;
    }

    public bool Equals(in WordKey other) => _start == other._start && _end == other._end && Length == other.Length;
}
