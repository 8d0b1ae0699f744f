using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>
/// A tensor of a checkpoint, little-endian, and row-major unless it <see cref="IsByColumns"/>. Its memory is pinned and aligned for as long as somebody holds its
/// <see cref="Bytes"/>, so that native code can use it in place; nobody writes to it once the tensor has been handed out.
/// </summary>
internal sealed class BertTensor
{
    private readonly TensorMemory _memory;

    /// <summary>Takes memory for a tensor, not cleared: the caller fills <see cref="Writable"/> before anyone else sees it.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="type">Its item type.</param>
    /// <param name="shape">Its dimensions; none for a scalar.</param>
    /// <param name="memory">Memory of its size that is there already; null to take some.</param>
    public BertTensor(string name, TensorType type, int[] shape, TensorMemory? memory = null)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Count = checked((int)shape.Aggregate(1L, (product, size) => product * size));
        _memory = memory ?? TensorMemory.Allocate(checked(Count * type.Size()));
    }

    private BertTensor(string name, BertTensor other) =>
        (Name, Type, Shape, Count, _memory, IsByColumns) = (name, other.Type, other.Shape, other.Count, other._memory, other.IsByColumns);

    /// <summary>The name in the file, which may have a prefix or an older spelling.</summary>
    public string Name { get; }

    public TensorType Type { get; }

    public int[] Shape { get; }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>Whether the memory has one column of the matrix after the other, as products of integers read it. Files have rows.</summary>
    public bool IsByColumns { get; private init; }

    /// <summary>The bytes as they lie in memory.</summary>
    /// <exception cref="InvalidOperationException">They have been let go.</exception>
    public ReadOnlyMemory<byte> Bytes => Writable;

    /// <summary>Address of the first byte, a multiple of 64, valid while the bytes are held.</summary>
    public nint Address => _memory.Address;

    /// <inheritdoc cref="Bytes"/>
    public Memory<byte> Writable => _memory.Bytes ?? throw new InvalidOperationException(
        $"'{Name}' is only in memory in ONNX Runtime's packed form: {InferenceOnly.Switch} is on, and the model has predicted. " +
        "Turn the switch off in processes that save, train or quantize models or request other outputs after the first prediction, or read the model again.");

    /// <summary>Gives the memory back. It cannot be read any more, under any name.</summary>
    public void LetGo() => _memory.LetGo();

    /// <summary>The same memory under another name.</summary>
    public BertTensor Rename(string name) => name == Name ? this : new BertTensor(name, this);

    /// <summary>A matrix of bytes, in the same memory, by columns. The caller has handed this tensor to nobody, and drops it.</summary>
    public BertTensor TurnedToColumns()
    {
        byte[] rows = ArrayPool<byte>.Shared.Rent(Count);
        Bytes.Span.CopyTo(rows);
        ByteMatrix.Transpose(rows.AsSpan(0, Count), Shape[0], Shape[1], Writable.Span);
        ArrayPool<byte>.Shared.Return(rows);
        return new BertTensor(Name, this) { IsByColumns = true };
    }

    /// <summary>Writes the bytes row by row, as a file has them.</summary>
    public void CopyRowsTo(Span<byte> destination)
    {
        if (IsByColumns)
            ByteMatrix.Transpose(Bytes.Span, Shape[1], Shape[0], destination);
        else
            Bytes.Span.CopyTo(destination);
    }

    /// <summary>Writes the bytes row by row, as a file has them.</summary>
    public void WriteTo(Stream stream)
    {
        if (!IsByColumns)
        {
            stream.Write(Bytes.Span);
            return;
        }
        byte[] rows = ArrayPool<byte>.Shared.Rent(Count);
        CopyRowsTo(rows);
        stream.Write(rows, 0, Count);
        ArrayPool<byte>.Shared.Return(rows);
    }

    /// <summary>Writes the values as float32.</summary>
    /// <exception cref="InvalidOperationException">The tensor is a buffer or int8, not a float weight.</exception>
    public void CopyTo(Span<float> destination) => CopyTo(0, Count, destination);

    /// <summary>Writes some of the values as float32.</summary>
    /// <exception cref="InvalidOperationException">The tensor is a buffer or int8, not a float weight.</exception>
    public void CopyTo(int start, int count, Span<float> destination)
    {
        ReadOnlySpan<byte> bytes = Bytes.Span.Slice(start * Type.Size(), count * Type.Size());
        switch (Type)
        {
            case TensorType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case TensorType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case TensorType.BF16:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination)[..halves.Length];
                for (int i = 0; i < halves.Length; i++)
                    bits[i] = (uint)halves[i] << 16;
                break;
            default:
                throw new InvalidOperationException($"Tensor '{Name}' contains {Type}, which is not a weight type.");
        }
    }

    /// <summary>A tensor of the given type with these values; F16 and BF16 round to nearest, ties to even.</summary>
    public static BertTensor Create(string name, int[] shape, ReadOnlySpan<float> values, TensorType type = TensorType.F32)
    {
        var tensor = new BertTensor(name, type, shape);
        if (values.Length != tensor.Count)
            throw new ArgumentException($"Tensor '{name}' of shape {ShapeText.Of(shape)} has {tensor.Count} values, not {values.Length}.", nameof(values));
        Span<byte> bytes = tensor.Writable.Span;
        switch (type)
        {
            case TensorType.F32:
                values.CopyTo(MemoryMarshal.Cast<byte, float>(bytes));
                break;
            case TensorType.F16:
                TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(bytes));
                break;
            case TensorType.BF16:
                Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++)
                    halves[i] = ToBFloat16(values[i]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), $"{nameof(type)} is {type}; weights are F32, F16 or BF16.");
        }
        return tensor;
    }

    private static ushort ToBFloat16(float value)
    {
        if (float.IsNaN(value))
            return 0x7FC0;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public override string ToString() => $"{Name} {Type} {ShapeText.Of(Shape)}";
}
