using System.Runtime.InteropServices;

namespace Bert.MLNet.Encoders;

/// <summary>Reusable memory for native code that grows with the batches.</summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>The first item, at an address that only <see cref="Reserve"/> changes.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_items, 0);

    /// <summary>The reserved items.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Reserves <paramref name="count"/> items, whose values are undefined.</summary>
    public void Reserve(int count)
    {
        if (count > _items.Length)
            _items = GC.AllocateUninitializedArray<T>(
                (int)Math.Min((uint)Array.MaxLength, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count)), pinned: true);
        Count = count;
    }
}
