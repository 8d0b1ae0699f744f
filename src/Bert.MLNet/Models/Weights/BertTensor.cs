using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>
/// A tensor of a checkpoint, little-endian, and row-major unless it <see cref="IsByColumns"/>. Its memory is pinned and aligned while there
/// is a reference to its <see cref="Bytes"/>, so that native code can use it in place. It is not written to after the tensor has been
/// published.
/// </summary>
internal sealed class BertTensor
{
    private readonly TensorMemory _memory;

    /// <summary>Allocates uninitialized memory for a tensor. The caller fills <see cref="Writable"/> before publishing it.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="type">Its item type.</param>
    /// <param name="shape">Its dimensions; none for a scalar.</param>
    /// <param name="memory">Existing memory of its size, or null to allocate it.</param>
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

    /// <summary>The name in the file, which can have a prefix or an older spelling.</summary>
    public string Name { get; }

    public TensorType Type { get; }

    public int[] Shape { get; }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>Whether the memory is column-major, as integer products need it. Files are row-major.</summary>
    public bool IsByColumns { get; private init; }

    /// <summary>The bytes in memory order.</summary>
    /// <exception cref="InvalidOperationException">The memory has been released.</exception>
    public ReadOnlyMemory<byte> Bytes => Writable;

    /// <summary>The address of the first byte, a multiple of 64, valid while the bytes are referenced.</summary>
    public nint Address => _memory.Address;

    /// <inheritdoc cref="Bytes"/>
    public Memory<byte> Writable => _memory.Bytes ?? throw new InvalidOperationException(
        $"'{Name}' is only in memory in ONNX Runtime's packed form: {InferenceOnly.Switch} is on, and the model has predicted. " +
        "Turn the switch off in processes that save, train or quantize models or request other outputs after the first prediction, or " +
        "read the model again.");

    /// <summary>Releases the memory. It can no longer be read, under any name.</summary>
    public void LetGo() => _memory.LetGo();

    /// <summary>Creates a tensor with the same memory under another name.</summary>
    public BertTensor Rename(string name) => name == Name ? this : new BertTensor(name, this);

    /// <summary>Some of its rows, in the same memory unless they begin at an address that native code is not given.</summary>
    public BertTensor Rows(int start, int count)
    {
        int size = Count / Math.Max(Shape[0], 1) * Type.Size();
        int[] shape = [count, .. Shape[1..]];
        if (!IsByColumns && _memory.Slice(start * size, count * size) is { } memory)
            return new BertTensor(Name, Type, shape, memory);
        byte[] rows = new byte[Bytes.Length];
        CopyRowsTo(rows);
        var copy = new BertTensor(Name, Type, shape);
        rows.AsSpan(start * size, count * size).CopyTo(copy.Writable.Span);
        return copy;
    }

    /// <summary>
    /// Converts a byte matrix to column-major order in the same memory. The caller must not have published this tensor, and drops it.
    /// </summary>
    public BertTensor TurnedToColumns()
    {
        byte[] rows = ArrayPool<byte>.Shared.Rent(Count);
        Bytes.Span.CopyTo(rows);
        ByteMatrix.Transpose(rows.AsSpan(0, Count), Shape[0], Shape[1], Writable.Span);
        ArrayPool<byte>.Shared.Return(rows);
        return new BertTensor(Name, this) { IsByColumns = true };
    }

    /// <summary>Writes the bytes in row-major order, as in a file.</summary>
    public void CopyRowsTo(Span<byte> destination)
    {
        if (IsByColumns)
            ByteMatrix.Transpose(Bytes.Span, Shape[1], Shape[0], destination);
        else
            Bytes.Span.CopyTo(destination);
    }

    /// <summary>Writes the bytes in row-major order, as in a file.</summary>
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

    /// <summary>Creates a tensor of the given type from values. F16 and BF16 round to nearest, ties to even.</summary>
    public static BertTensor Create(string name, int[] shape, ReadOnlySpan<float> values, TensorType type = TensorType.F32)
    {
        var tensor = new BertTensor(name, type, shape);
        if (values.Length != tensor.Count)
            throw new ArgumentException(
                $"Tensor '{name}' of shape {ShapeText.Of(shape)} has {tensor.Count} values, not {values.Length}.", nameof(values));
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
