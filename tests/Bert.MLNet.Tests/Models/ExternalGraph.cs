using System.Text;

namespace Bert.MLNet.Tests.Models;

/// <summary>
/// An ONNX graph that looks ids up in a table which lies in another file, as exporters write large models. Its bytes are put together here
/// field by field, after onnx.proto, apart from the library's own reader and writer.
/// </summary>
internal static class ExternalGraph
{
    private const long Float = 1, Int64 = 7;

    public static byte[] Write(string location, long offset, long length, int rows, int width)
    {
        byte[] table =
        [
            .. Number(1, rows), .. Number(1, width), .. Number(2, Float), .. Text(8, "table"),
            .. Entry("location", location), .. Entry("offset", $"{offset}"), .. Entry("length", $"{length}"), .. Number(14, 1),
        ];
        byte[] small = [.. Number(1, 1), .. Number(2, Float), .. Text(8, "small"), .. Bytes(9, BitConverter.GetBytes(1f))];
        byte[] look = [.. Text(1, "table"), .. Text(1, "input_ids"), .. Text(2, "rows"), .. Text(3, "look"), .. Text(4, "Gather")];
        byte[] scale = [.. Text(1, "rows"), .. Text(1, "small"), .. Text(2, "last_hidden_state"), .. Text(3, "scale"), .. Text(4, "Mul")];
        byte[] graph =
        [
            .. Bytes(1, look), .. Bytes(1, scale), .. Text(2, "external"), .. Bytes(5, table), .. Bytes(5, small),
            .. Bytes(11, Value("input_ids", Int64, Named("batch"), Named("sequence"))),
            .. Bytes(11, Value("attention_mask", Int64, Named("batch"), Named("sequence"))),
            .. Bytes(12, Value("last_hidden_state", Float, Named("batch"), Named("sequence"), Number(1, width))),
        ];
        return [.. Number(1, 8), .. Text(2, "test"), .. Bytes(7, graph), .. Bytes(8, Number(2, 17))];
    }

    private static byte[] Entry(string key, string value) => Bytes(13, [.. Text(1, key), .. Text(2, value)]);

    private static byte[] Value(string name, long type, params byte[][] dimensions)
    {
        byte[] shape = [.. dimensions.SelectMany(dimension => Bytes(1, dimension))];
        return [.. Text(1, name), .. Bytes(2, Bytes(1, [.. Number(1, type), .. Bytes(2, shape)]))];
    }

    private static byte[] Named(string dimension) => Text(2, dimension);

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(field << 3 | 2), .. Varint(value.Length), .. value];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
