using System.Runtime.InteropServices;

namespace Bert.MLNet.Models;

/// <summary>The memory of a tensor, which can have several names: pinned, at an address that is a multiple of 64. Thread-safe.</summary>
internal sealed class TensorMemory
{
    private const int Alignment = 64;

    // The collector frees memory in regions, which have 32 MB for large objects. Larger objects have their own region. Memory that is never
    // written to costs nothing.
    private const int OwnRegion = 33 << 20;

    /// <summary>The maximum size of a tensor.</summary>
    public static readonly int MaxBytes = Array.MaxLength - Alignment;

    private readonly int _offset, _length;
    private volatile byte[]? _block;

    private readonly TensorMemory? _whole;

    private TensorMemory(byte[] block, int offset, int length, TensorMemory? whole = null) =>
        (_block, _offset, _length, _whole, Address) = (block, offset, length, whole, Marshal.UnsafeAddrOfPinnedArrayElement(block, offset));

    /// <summary>The bytes; null after <see cref="LetGo"/>. Whoever holds them holds the memory.</summary>
    public Memory<byte>? Bytes => _block?.AsMemory(_offset, _length);

    /// <summary>The address of the first byte, valid while the bytes are referenced.</summary>
    public nint Address { get; }

    /// <summary>Allocates uninitialized memory for one tensor.</summary>
    public static TensorMemory Allocate(int length) => Allocate([length], leastBlock: 0)[0];

    /// <summary>
    /// Allocates memory for several tensors in one block, which is freed when all are released, or in several blocks if it would be larger
    /// than an array can be.
    /// </summary>
    public static TensorMemory[] AllocateTogether(ReadOnlySpan<int> lengths) => Allocate(lengths, OwnRegion);

    private static TensorMemory[] Allocate(ReadOnlySpan<int> lengths, long leastBlock)
    {
        var parts = new TensorMemory[lengths.Length];
        for (int first = 0, next; first < lengths.Length; first = next)
        {
            long size = 0;
            for (next = first; next < lengths.Length && (next == first || size + Aligned(lengths[next]) <= MaxBytes); next++)
                size += Aligned(lengths[next]);
            byte[] block = GC.AllocateUninitializedArray<byte>(
                (int)Math.Clamp(size + Alignment - 1, leastBlock, Array.MaxLength), pinned: true);
            int offset = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(block, 0) & (Alignment - 1));
            for (int i = first; i < next; offset += (int)Aligned(lengths[i++]))
                parts[i] = new TensorMemory(block, offset, lengths[i]);
        }
        return parts;
    }

    /// <summary>A part of this memory; null where its address would be no multiple of 64.</summary>
    public TensorMemory? Slice(int start, int length) =>
        start % Alignment == 0 && length > 0 && _block is { } block ? new TensorMemory(block, _offset + start, length, this) : null;

    /// <summary>Gives the memory back, once nobody else holds it. That of a part is the whole's.</summary>
    public void LetGo()
    {
        _block = null;
        _whole?.LetGo();
    }

    private static long Aligned(int length) => ((long)length + Alignment - 1) / Alignment * Alignment;
}
