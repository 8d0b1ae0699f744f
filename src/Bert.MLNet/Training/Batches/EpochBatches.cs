using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>
/// Divides the rows of an epoch into batches. Rows are shuffled and, within the range of a few batches, sorted by length, so that
/// batches are random but have little padding. Finally, the batches are shuffled.
/// </summary>
internal static class EpochBatches
{
    /// <summary>The number of batches whose rows are sorted together.</summary>
    private const int Bucket = 8;

    /// <summary>The maximum size of a part in attention, which pads rows, in budgets.</summary>
    private const int MostPadding = 2;

    /// <param name="rows">All rows.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="tokenBudget">
    /// The number of tokens in a batch, padding included, which replaces the number of rows; null for none.
    /// </param>
    /// <param name="random">The source of random numbers.</param>
    public static List<TRow[]> Create<TRow>(IReadOnlyList<TRow> rows, int batchSize, int? tokenBudget, Random random)
        where TRow : class, IBatchItem
    {
        TRow[] shuffled = [.. rows];
        random.Shuffle(shuffled);
        int rowsPerBatch = tokenBudget is { } budget
            ? Math.Max(1, (int)(budget * (long)rows.Count / rows.Sum(row => (long)row.Length)))
            : batchSize;
        var batches = new List<TRow[]>();
        foreach (TRow[] some in shuffled.Chunk((int)Math.Min((long)rowsPerBatch * Bucket, rows.Count)))
        {
            batches.AddRange(tokenBudget is { } tokens ? Cut(some, tokens) : some.OrderByDescending(row => row.Length).Chunk(batchSize));
        }
        TRow[][] order = [.. batches];
        random.Shuffle(order);
        return [.. order];
    }

    /// <summary>
    /// Cuts rows into parts of similar length that are computed one at a time. A part fits the budget without padding, and twice
    /// the budget with padding.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="tokenBudget">The maximum number of tokens in a part, without padding.</param>
    /// <param name="multiple">The number of parts that are computed at the same time; see <see cref="LengthBatches.SortAndCut"/>.</param>
    public static TRow[][] Parts<TRow>(IEnumerable<TRow> rows, int tokenBudget, int multiple = 1)
        where TRow : class, IBatchItem => Cut(rows, tokenBudget, multiple, MostPadding);

    private static TRow[][] Cut<TRow>(IEnumerable<TRow> rows, int tokenBudget, int multiple = 1, int mostPadding = 1)
        where TRow : class, IBatchItem
    {
        TRow[] sorted = [.. rows];
        return [.. LengthBatches.SortAndCut(sorted.AsSpan(), tokenBudget, multiple, mostPadding).Select(range => sorted[range])];
    }
}
