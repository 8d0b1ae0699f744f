namespace Bert.MLNet.DataViews;

/// <summary>
/// Cuts items into batches of similar length. Items are sorted longest first, and each batch fits a budget of padded tokens.
/// </summary>
internal static class LengthBatches
{
    /// <summary>
    /// Sorts <paramref name="items"/> by length, longest first (equal lengths keep their order), and returns the ranges of the batches.
    /// </summary>
    /// <param name="items">Reordered in place.</param>
    /// <param name="budget">
    /// The maximum of a batch's padded size, items × length of the longest. A longer item forms a batch by itself.
    /// </param>
    /// <param name="multiple">
    /// The number of batches that are computed at the same time. All batches shrink equally until their number is a multiple of
    /// this, or as close as the lengths allow, so that all threads finish together.
    /// </param>
    /// <param name="mostPadding">
    /// The maximum padded size of a batch, in budgets. Default 1. Above 1, the tokens without padding must fit one budget.
    /// </param>
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
        int count = Math.Min(items.Length, (batches.Count + multiple - 1) / multiple * multiple);
        return Cut<TItem>(items, SmallestBudget<TItem>(items, budget, mostPadding, count), mostPadding);
    }

    private static List<Range> Cut<TItem>(ReadOnlySpan<TItem> items, int budget, int mostPadding)
        where TItem : class, IBatchItem
    {
        var batches = new List<Range>();
        for (int start = 0; start < items.Length;)
        {
            long longest = Math.Max(1, items[start].Length), tokens = longest;
            int end = start + 1;
            while (end < items.Length && (tokens += items[end].Length) <= budget
                && (end + 1 - start) * longest <= (long)mostPadding * budget)
                end++;
            batches.Add(start..end);
            start = end;
        }
        return batches;
    }

    /// <summary>
    /// Finds the smallest budget that creates at most <paramref name="count"/> batches, so that batches have equal size.
    /// </summary>
    private static int SmallestBudget<TItem>(ReadOnlySpan<TItem> items, int budget, int mostPadding, int count)
        where TItem : class, IBatchItem
    {
        int tooSmall = 0;
        while (budget - tooSmall > 1)
        {
            int middle = tooSmall + (budget - tooSmall) / 2;
            if (Cut(items, middle, mostPadding).Count > count)
                tooSmall = middle;
            else
                budget = middle;
        }
        return budget;
    }
}
