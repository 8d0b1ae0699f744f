namespace Bert.MLNet.Tokenization;

/// <summary>A priority queue of positions by rank, in a pooled array. For equal ranks, the lowest position comes first.</summary>
internal struct PooledHeap(int capacity) : IDisposable
{
    private PooledList<long> _items = new(capacity);

    public void Add(int rank, int place)
    {
        _items.Add((long)rank << 32 | (uint)place);
        Span<long> items = _items.Items;
        for (int i = items.Length - 1; i > 0 && items[i] < items[(i - 1) / 2]; i = (i - 1) / 2)
            (items[i], items[(i - 1) / 2]) = (items[(i - 1) / 2], items[i]);
    }

    public bool TryTake(out int rank, out int place)
    {
        rank = place = 0;
        if (_items.Count == 0)
            return false;
        Span<long> items = _items.Items;
        (rank, place) = ((int)(items[0] >> 32), (int)items[0]);
        items[0] = items[^1];
        _items.Truncate(items.Length - 1);
        items = _items.Items;
        for (int i = 0; ;)
        {
            int child = 2 * i + 1;
            if (child + 1 < items.Length && items[child + 1] < items[child])
                child++;
            if (child >= items.Length || items[i] <= items[child])
                return true;
            (items[i], items[child]) = (items[child], items[i]);
            i = child;
        }
    }

    public void Dispose() => _items.Dispose();
}
