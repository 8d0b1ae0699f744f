using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>Represents a growing list whose array is rented from the shared pool, so that filling it creates no garbage.</summary>
internal struct PooledList<T>(int capacity) : IDisposable
    where T : unmanaged
{
    private T[] _items = ArrayPool<T>.Shared.Rent(capacity);

    public int Count { get; private set; }

    /// <summary>The items, which can be modified in place.</summary>
    public readonly Span<T> Items => _items.AsSpan(0, Count);

    public readonly ReadOnlySpan<T> Span => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = item;
    }

    /// <summary>Removes all items at index <paramref name="count"/> and above.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_items);
        this = default;
    }

    private void Grow()
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(16, _items.Length * 2));
        _items.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
