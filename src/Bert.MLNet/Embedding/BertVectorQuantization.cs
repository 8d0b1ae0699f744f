using System.Numerics.Tensors;

namespace Bert.MLNet;

/// <summary>Converts vectors to int8 and to bits, and compares them. All methods are thread-safe.</summary>
public static class BertVectorQuantization
{
    private const int BitsOfByte = 8;

    /// <summary>Converts a vector to <see cref="BertVectorPrecision.Int8"/>.</summary>
    /// <param name="vector">Finite values.</param>
    /// <returns>A value from −127 to 127 for each value; all 0 for a zero vector.</returns>
    public static sbyte[] ToInt8(ReadOnlySpan<float> vector)
    {
        var values = new sbyte[vector.Length];
        ToInt8(vector, values);
        return values;
    }

    /// <summary>Converts a vector to <see cref="BertVectorPrecision.Binary"/>.</summary>
    /// <param name="vector">The values.</param>
    /// <returns>A byte for each eight values; the last is filled up with 0.</returns>
    public static byte[] ToBinary(ReadOnlySpan<float> vector)
    {
        var bits = new byte[BinaryLength(vector.Length)];
        ToBinary(vector, bits);
        return bits;
    }

    /// <summary>Counts the bits in which two vectors differ.</summary>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static int HammingDistance(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        CheckLength(first.Length, second.Length);
        return checked((int)TensorPrimitives.HammingBitDistance(first, second));
    }

    /// <summary>Computes the cosine of a vector and one in int8.</summary>
    /// <returns>The cosine, from −1 to 1; 0 if one of the vectors is zero.</returns>
    /// <exception cref="ArgumentException">The vectors have different lengths.</exception>
    public static float Cosine(ReadOnlySpan<float> first, ReadOnlySpan<sbyte> second)
    {
        CheckLength(first.Length, second.Length);
        (double dot, double one, long other) = (0, 0, 0);
        for (int i = 0; i < first.Length; i++)
        {
            dot += (double)first[i] * second[i];
            one += (double)first[i] * first[i];
            other += second[i] * second[i];
        }
        return one > 0 && other > 0 ? (float)(dot / Math.Sqrt(one * other)) : 0;
    }

    /// <summary>The number of bytes for the bits of a vector.</summary>
    internal static int BinaryLength(int values) => (values + BitsOfByte - 1) / BitsOfByte;

    internal static void ToInt8(ReadOnlySpan<float> vector, Span<sbyte> values)
    {
        float largest = vector.IsEmpty ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        for (int i = 0; i < vector.Length; i++)
            values[i] = largest > 0 ? (sbyte)MathF.Round(vector[i] / largest * sbyte.MaxValue) : (sbyte)0;
    }

    internal static void ToBinary(ReadOnlySpan<float> vector, Span<byte> bits)
    {
        bits.Clear();
        for (int i = 0; i < vector.Length; i++)
        {
            if (vector[i] > 0)
                bits[i / BitsOfByte] |= (byte)(0x80 >> (i % BitsOfByte));
        }
    }

    private static void CheckLength(int first, int second)
    {
        if (first != second)
            throw new ArgumentException($"The vectors have {first} and {second} values. Compare vectors of one model and precision.");
    }
}
