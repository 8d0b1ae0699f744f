using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>Creates tables of static embeddings from vectors.</summary>
internal static class StaticTableWriter
{
    private const float LargestInteger = 127;

    /// <param name="rows">The vector of each token.</param>
    /// <param name="precision">
    /// The numbers to store. Of integers, <see cref="StaticTable.WeightsName"/> contains the scales.
    /// </param>
    public static StaticTable Create(float[][] rows, BertStaticPrecision precision)
    {
        int[] shape = [rows.Length, rows[0].Length];
        if (precision != BertStaticPrecision.Int8)
            return new StaticTable(BertTensor.Create(StaticTable.VectorName, shape, [.. rows.SelectMany(row => row)],
                precision == BertStaticPrecision.Float16 ? TensorType.F16 : TensorType.F32));
        var vectors = new BertTensor(StaticTable.VectorName, TensorType.I8, shape);
        float[] scales = new float[rows.Length];
        for (int token = 0; token < rows.Length; token++)
        {
            float largest = TensorPrimitives.MaxMagnitude<float>(rows[token]);
            scales[token] = Math.Abs(largest) / LargestInteger;
            Span<sbyte> integers = MemoryMarshal.Cast<byte, sbyte>(vectors.Writable.Span).Slice(token * shape[1], shape[1]);
            for (int i = 0; i < integers.Length; i++)
                integers[i] = scales[token] == 0 ? (sbyte)0 : (sbyte)MathF.Round(rows[token][i] / scales[token]);
        }
        return new StaticTable(vectors, BertTensor.Create(StaticTable.WeightsName, [rows.Length], scales));
    }
}
