namespace Bert.MLNet.DataViews;

/// <summary>Cuts items into batches of similar length: sorted, longest first, each batch within a budget of padded tokens.</summary>
internal static class LengthBatches
{
    /// <summary>Sorts <paramref name="items"/> by length, longest first (equal lengths keep their order), and returns the ranges of the batches.</summary>
    /// <param name="items">Reordered in place.</param>
    /// <param name="budget">The most that items in a batch × length of its longest may be. A longer item is a batch of its own.</param>
    public static List<Range> SortAndCut<TItem>(Span<TItem> items, int budget)
        where TItem : class, IBatchItem
    {
        var keys = new long[items.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ((long)(int.MaxValue - items[i].Length) << 32) | (uint)i;
        MemoryExtensions.Sort(keys.AsSpan(), items);

        var batches = new List<Range>();
        for (int start = 0; start < items.Length;)
        {
            int rows = Math.Max(1, budget / Math.Max(1, items[start].Length));
            int end = Math.Min(items.Length, start + rows);
            batches.Add(start..end);
            start = end;
        }
        return batches;
    }
}
