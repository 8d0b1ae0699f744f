namespace Bert.MLNet.DataViews;

/// <summary>Cuts items into batches of similar length: sorted, longest first, each batch within a budget of padded tokens.</summary>
internal static class LengthBatches
{
    /// <summary>Sorts <paramref name="items"/> by length, longest first (equal lengths keep their order), and returns the ranges of the batches.</summary>
    /// <param name="items">Reordered in place.</param>
    /// <param name="budget">The most that items in a batch × length of its longest may be. A longer item is a batch of its own.</param>
    /// <param name="multiple">
    /// How many batches are computed at the same time: all are made smaller alike, until they are a multiple of these or as near to it as lengths allow, so that all threads end together.
    /// </param>
    /// <param name="mostPadding">How many budgets a batch with its padding may be. Where it is more than 1, the default, tokens without padding have to keep within one.</param>
    public static List<Range> SortAndCut<TItem>(Span<TItem> items, int budget, int multiple = 1, int mostPadding = 1)
        where TItem : class, IBatchItem
    {
        var keys = new long[items.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ((long)(int.MaxValue - items[i].Length) << 32) | (uint)i;
        MemoryExtensions.Sort(keys.AsSpan(), items);

        List<Range> batches = Cut<TItem>(items, budget, mostPadding);
        if (multiple == 1)
            return batches;
        int due = Math.Min(items.Length, (batches.Count + multiple - 1) / multiple * multiple);
        return Cut<TItem>(items, SmallestBudget<TItem>(items, budget, mostPadding, due), mostPadding);
    }

    private static List<Range> Cut<TItem>(ReadOnlySpan<TItem> items, int budget, int mostPadding)
        where TItem : class, IBatchItem
    {
        var batches = new List<Range>();
        for (int start = 0; start < items.Length;)
        {
            long longest = Math.Max(1, items[start].Length), tokens = longest;
            int end = start + 1;
            while (end < items.Length && (tokens += items[end].Length) <= budget && (end + 1 - start) * longest <= (long)mostPadding * budget)
                end++;
            batches.Add(start..end);
            start = end;
        }
        return batches;
    }

    /// <summary>The smallest budget that makes no more batches than are due: with it they are of equal size.</summary>
    private static int SmallestBudget<TItem>(ReadOnlySpan<TItem> items, int budget, int mostPadding, int due)
        where TItem : class, IBatchItem
    {
        int tooSmall = 0;
        while (budget - tooSmall > 1)
        {
            int middle = tooSmall + (budget - tooSmall) / 2;
            if (Cut(items, middle, mostPadding).Count > due)
                tooSmall = middle;
            else
                budget = middle;
        }
        return budget;
    }
}
