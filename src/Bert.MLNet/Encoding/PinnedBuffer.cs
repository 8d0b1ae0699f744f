using System.Runtime.InteropServices;

namespace Bert.MLNet.Encoders;

/// <summary>Memory for native code that grows with the batches that it has to hold, and is used again and again.</summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>The first item, at a place that only <see cref="Reserve"/> changes.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_items, 0);

    /// <summary>The items that were reserved last.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Makes room for <paramref name="count"/> items, whose values are undefined.</summary>
    public void Reserve(int count)
    {
        if (count > _items.Length)
            _items = GC.AllocateUninitializedArray<T>((int)Math.Min((uint)Array.MaxLength, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count)), pinned: true);
        Count = count;
    }
}
