using System.Buffers;

namespace Bert.MLNet.Tokenization;

/// <summary>Stores the parts of a word in pooled arrays and merges them.</summary>
internal struct BpeWord(int capacity) : IDisposable
{
    // Up to this length, a search for the lowest rank is cheaper than a sorted queue.
    private const int Short = 48;

    private BpeSymbol[] _symbols = ArrayPool<BpeSymbol>.Shared.Rent(capacity);

    /// <summary>The number of symbols, including those that have been merged into others.</summary>
    public int End { get; private set; }

    public readonly BpeSymbol this[int index] => _symbols[index];

    public void Add(BpeSymbol symbol) => _symbols[End++] = symbol;

    /// <summary>Returns whether this token is the whole word.</summary>
    public readonly bool IsOnly(int id) =>
        End > 0 && _symbols[0].Id == id && _symbols.AsSpan(1, End - 1).IndexOfAnyExcept(default(BpeSymbol)) < 0;

    /// <summary>Merges the pair with the lowest rank, or the first of several, until no pair can be merged.</summary>
    public void Merge(MergeTable merges)
    {
        if (End <= Short)
            MergeShort(merges);
        else
            MergeLong(merges);
    }

    /// <summary>Remembers the tokens of the merged word.</summary>
    public readonly void AddTo(WordCache? cache, in WordKey key)
    {
        if (cache is null || End > CachedWord.MostTokens)
            return;
        Span<(int, int)> tokens = stackalloc (int, int)[CachedWord.MostTokens];
        for (int i = 0; i < End; i++)
            tokens[i] = (_symbols[i].Id, _symbols[i].Characters);
        cache.Add(key, tokens[..End]);
    }

    public void Dispose()
    {
        ArrayPool<BpeSymbol>.Shared.Return(_symbols);
        this = default;
    }

    private void MergeShort(MergeTable merges)
    {
        Span<BpeSymbol> symbols = _symbols.AsSpan(0, End);
        Span<int> ranks = stackalloc int[Short];
        int count = End;
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = merges.Rank(symbols[i].Id, symbols[i + 1].Id);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }
            if (ranks[best] == int.MaxValue)
                break;
            symbols[best] = Merged(symbols[best], symbols[best + 1], merges);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            if (best + 2 < count)
                ranks[(best + 2)..(count - 1)].CopyTo(ranks[(best + 1)..]);
            count--;
            if (best + 1 < count)
                ranks[best] = merges.Rank(symbols[best].Id, symbols[best + 1].Id);
            if (best > 0)
                ranks[best - 1] = merges.Rank(symbols[best - 1].Id, symbols[best].Id);
        }
        symbols[count..].Clear();
        End = count;
    }

    // A queue of pairs by rank and position. Pairs that have changed since they were queued are skipped.
    private readonly void MergeLong(MergeTable merges)
    {
        int[] next = ArrayPool<int>.Shared.Rent(End), previous = ArrayPool<int>.Shared.Rent(End);
        for (int i = 0; i < End; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        var queue = new PooledHeap(End);
        for (int i = 0; i + 1 < End; i++)
            Queue(i, i + 1, merges, ref queue);
        while (queue.TryTake(out int rank, out int left))
        {
            int right = next[left];
            if (_symbols[left].Bytes == 0 || right >= End || merges.Rank(_symbols[left].Id, _symbols[right].Id) != rank)
                continue;
            _symbols[left] = Merged(_symbols[left], _symbols[right], merges);
            _symbols[right] = default;
            int after = next[left] = next[right];
            if (after < End)
            {
                previous[after] = left;
                Queue(left, after, merges, ref queue);
            }
            if (previous[left] >= 0)
                Queue(previous[left], left, merges, ref queue);
        }
        queue.Dispose();
        ArrayPool<int>.Shared.Return(next);
        ArrayPool<int>.Shared.Return(previous);
    }

    private readonly void Queue(int left, int right, MergeTable merges, ref PooledHeap queue)
    {
        int rank = merges.Rank(_symbols[left].Id, _symbols[right].Id);
        if (rank != int.MaxValue)
            queue.Add(rank, left);
    }

    private static BpeSymbol Merged(BpeSymbol left, BpeSymbol right, MergeTable merges) =>
        new(merges.Merge(left.Id, right.Id), left.Characters + right.Characters, left.Bytes + right.Bytes);
}
