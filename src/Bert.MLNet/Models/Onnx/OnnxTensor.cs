using System.Runtime.InteropServices;
using Bert.MLNet.Files;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>A float tensor in an ONNX graph. Its values stay in the memory of the graph until they are read.</summary>
internal sealed class OnnxTensor
{
    // Rows and columns that are transposed together, so that both sides stay in the processor's cache.
    private const int Tile = 16;

    private readonly string _file;
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly ProtoField[] _halves;

    private OnnxTensor(string name, TensorType type, int[] shape, string file, ReadOnlyMemory<byte>[] bytes, ProtoField[] halves) =>
        (Name, Type, Shape, _file, _bytes, _halves) = (name, type, shape, file, bytes, halves);

    public string Name { get; }

    public TensorType Type { get; }

    public int[] Shape { get; }

    /// <summary>Reads the description of a tensor; returns null for a tensor without float values.</summary>
    /// <param name="message">A <c>TensorProto</c>.</param>
    /// <param name="file">The name of the graph's file in messages.</param>
    /// <param name="name">The name of the value in the graph, or null for that in the message.</param>
    /// <exception cref="FormatException">The message is damaged.</exception>
    /// <exception cref="OverflowException">A dimension is too large.</exception>
    public static OnnxTensor? Read(ReadOnlyMemory<byte> message, string file, string? name = null)
    {
        ILookup<int, ProtoField> fields = ProtoField.Read(message).ToLookup(field => field.Number);
        TensorType? type = fields[TensorItemType].Select(field => field.Integer).LastOrDefault() switch
        {
            Float => TensorType.F32,
            Float16 => TensorType.F16,
            BFloat16 => TensorType.BF16,
            _ => null,
        };
        if (type is not { } known)
            return null;
        name ??= fields[TensorName].Select(field => field.Text).LastOrDefault("");
        int[] shape = [.. fields[TensorDimensions].SelectMany(field => field.Integers).Select(size =>
            size is >= 0 and <= int.MaxValue ? (int)size : throw new OverflowException($"A dimension is {size}."))];
        bool isRaw = fields.Contains(TensorBytes);
        return new OnnxTensor(name, known, shape, file,
            [.. fields[isRaw ? TensorBytes : TensorFloats].Select(field => field.Value)], isRaw ? [] : [.. fields[TensorIntegers]]);
    }

    /// <summary>Reads the values into a tensor of a checkpoint.</summary>
    /// <param name="name">The name of the result.</param>
    /// <param name="isTransposed">Whether the graph stores the transpose of the result.</param>
    /// <exception cref="InvalidDataException">There are not as many values as the shape requires.</exception>
    public BertTensor ToTensor(string name, bool isTransposed)
    {
        int size = Type.Size();
        long due = Shape.Aggregate((long)size, (product, dimension) => checked(product * dimension));
        long found = _halves.Length > 0 ? _halves.Sum(field => field.Integers.LongCount()) * size : _bytes.Sum(part => (long)part.Length);
        if (due != found || due > Array.MaxLength)
            throw new InvalidDataException(
                $"Tensor '{Name}' in '{_file}' has {found} bytes, but its shape {ShapeText.Of(Shape)} requires {due}. Copy or download " +
                "the file again.");
        byte[]? joined = _halves.Length > 0 ? Halves() : _bytes.Length == 1 ? null : [.. _bytes.SelectMany(part => part.ToArray())];
        ReadOnlySpan<byte> values = joined ?? _bytes[0].Span;
        var tensor = new BertTensor(name, Type, isTransposed ? [Shape[1], Shape[0]] : Shape);
        if (!isTransposed)
            values.CopyTo(tensor.Writable.Span);
        else if (size == sizeof(float))
            Transpose(MemoryMarshal.Cast<byte, uint>(values), MemoryMarshal.Cast<byte, uint>(tensor.Writable.Span));
        else
            Transpose(MemoryMarshal.Cast<byte, ushort>(values), MemoryMarshal.Cast<byte, ushort>(tensor.Writable.Span));
        return tensor;
    }

    // Two bytes each, in the low bits of an integer.
    private byte[] Halves() =>
        MemoryMarshal.AsBytes<ushort>([.. _halves.SelectMany(field => field.Integers).Select(value => unchecked((ushort)value))]).ToArray();

    private void Transpose<T>(ReadOnlySpan<T> source, Span<T> target)
    {
        (int rows, int columns) = (Shape[0], Shape[1]);
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                int right = Math.Min(left + Tile, columns);
                for (int row = top; row < Math.Min(top + Tile, rows); row++)
                {
                    for (int column = left; column < right; column++)
                        target[column * rows + row] = source[row * columns + column];
                }
            }
        }
    }
}
