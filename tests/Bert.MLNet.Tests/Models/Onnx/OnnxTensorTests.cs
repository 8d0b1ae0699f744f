using System.Runtime.InteropServices;
using Bert.MLNet.Files;
using Bert.MLNet.Models;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Tests.Models;

/// <summary>The forms in which onnx.proto lets a tensor have its values.</summary>
public class OnnxTensorTests
{
    private static readonly float[] s_values = [1, -2, 0.5f, 4, 8, -16];

    [Fact]
    public void Values_are_raw_or_typed_and_may_be_packed()
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<float>(s_values);
        Assert.Equal(s_values, Read(Header(Float).Add(TensorBytes, bytes)));
        Assert.Equal(s_values, Read(Header(Float).Add(TensorFloats, bytes)));
        ProtoMessage single = Header(Float), half = Header(Float16);
        foreach (float value in s_values)
        {
            single.Add(TensorFloats, value);
            half.Add(TensorIntegers, BitConverter.HalfToUInt16Bits((Half)value));
        }
        Assert.Equal(s_values, Read(single));
        Assert.Equal(s_values, Read(half));
        // Two dimensions in one field.
        Assert.Equal(s_values, Read(new ProtoMessage().Add(TensorDimensions, [2, 3]).Add(TensorItemType, Float).Add(TensorBytes, bytes)));
    }

    [Theory]
    [InlineData(1, 1), InlineData(3, 2), InlineData(16, 16), InlineData(17, 33), InlineData(40, 5)]
    public void A_transpose_swaps_rows_and_columns(int rows, int columns)
    {
        foreach (TensorType type in (TensorType[])[TensorType.F32, TensorType.BF16])
        {
            float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => (float)(i % 251))];
            ProtoMessage message = new ProtoMessage().Add(TensorDimensions, rows).Add(TensorDimensions, columns)
                .Add(TensorItemType, type == TensorType.F32 ? Float : BFloat16)
                .Add(TensorBytes, BertTensor.Create("", [rows, columns], values, type).Bytes.Span);
            BertTensor turned = OnnxTensor.Read(message.Bytes.ToArray(), "file")!.ToTensor("turned", isTransposed: true);
            float[] actual = new float[turned.Count];
            turned.CopyTo(actual);
            Assert.Equal([columns, rows], turned.Shape);
            IEnumerable<float> expected =
                from column in Enumerable.Range(0, columns)
                from row in Enumerable.Range(0, rows)
                select values[row * columns + column];
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData(20), InlineData(28), InlineData(0)]
    public void As_many_values_as_the_shape_says_are_due(int bytes)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(Header(Float).Add(TensorBytes, new byte[bytes]))).Message;
        Assert.Contains("'weight' in 'file'", message, StringComparison.Ordinal);
        Assert.Contains($"{bytes} bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_types_are_no_weights()
    {
        const int Int64 = 7;
        Assert.Null(OnnxTensor.Read(Header(Int64).Bytes.ToArray(), "file"));
    }

    private static ProtoMessage Header(int type) =>
        new ProtoMessage().Add(TensorDimensions, 2).Add(TensorDimensions, 3).Add(TensorItemType, type).Add(TensorName, "weight");

    private static float[] Read(ProtoMessage message) =>
        TensorValues.Of(OnnxTensor.Read(message.Bytes.ToArray(), "file")!.ToTensor("weight", isTransposed: false));
}
