using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>Creates tables of static embeddings from vectors.</summary>
internal static class StaticTableWriter
{
    private const float LargestInteger = 127;

    /// <param name="values">The vectors of all tokens, [tokens, width].</param>
    /// <param name="width">The number of values of a vector.</param>
    /// <param name="precision">
    /// The numbers to store. Of integers, <see cref="StaticTable.WeightsName"/> contains the scales.
    /// </param>
    /// <param name="name">The name of the vectors; integers require <see cref="StaticTable.VectorName"/>.</param>
    public static StaticTable Create(
        ReadOnlySpan<float> values, int width, BertStaticPrecision precision, string name = StaticTable.VectorName)
    {
        int[] shape = [values.Length / width, width];
        if (precision != BertStaticPrecision.Int8)
            return new StaticTable(
                BertTensor.Create(name, shape, values, precision == BertStaticPrecision.Float16 ? TensorType.F16 : TensorType.F32));
        var vectors = new BertTensor(name, TensorType.I8, shape);
        float[] scales = new float[shape[0]];
        for (int token = 0; token < scales.Length; token++)
        {
            ReadOnlySpan<float> row = values.Slice(token * width, width);
            scales[token] = Math.Abs(TensorPrimitives.MaxMagnitude(row)) / LargestInteger;
            Span<sbyte> integers = MemoryMarshal.Cast<byte, sbyte>(vectors.Writable.Span).Slice(token * width, width);
            for (int i = 0; i < integers.Length; i++)
                integers[i] = scales[token] == 0 ? (sbyte)0 : (sbyte)MathF.Round(row[i] / scales[token]);
        }
        return new StaticTable(vectors, BertTensor.Create(StaticTable.WeightsName, [scales.Length], scales));
    }
}
