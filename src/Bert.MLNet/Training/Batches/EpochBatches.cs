using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>
/// Which rows the batches of an epoch have. Rows are shuffled; among those of a few batches they are sorted by length, so that a batch
/// has little padding and is still chance; and the batches are shuffled.
/// </summary>
internal static class EpochBatches
{
    /// <summary>Batches whose rows are sorted together.</summary>
    private const int Bucket = 8;

    /// <summary>How many budgets a part may be in attention, which pads.</summary>
    private const int MostPadding = 2;

    /// <param name="rows">All rows.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="tokenBudget">Tokens of a batch, padding included, in place of the number of rows; null: none.</param>
    /// <param name="random">Where chance comes from.</param>
    public static List<TRow[]> Create<TRow>(IReadOnlyList<TRow> rows, int batchSize, int? tokenBudget, Random random)
        where TRow : class, IBatchItem
    {
        TRow[] shuffled = [.. rows];
        random.Shuffle(shuffled);
        int rowsPerBatch = tokenBudget is { } budget ? Math.Max(1, (int)(budget * (long)rows.Count / rows.Sum(row => (long)row.Length))) : batchSize;
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
    /// Cuts rows into parts of similar length that are computed one at a time, each within a budget of tokens without padding, and within twice as much with it.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="tokenBudget">The budget.</param>
    /// <param name="multiple">How many parts are computed at the same time; see <see cref="LengthBatches.SortAndCut"/>.</param>
    public static TRow[][] Parts<TRow>(IEnumerable<TRow> rows, int tokenBudget, int multiple = 1)
        where TRow : class, IBatchItem => Cut(rows, tokenBudget, multiple, MostPadding);

    private static TRow[][] Cut<TRow>(IEnumerable<TRow> rows, int tokenBudget, int multiple = 1, int mostPadding = 1)
        where TRow : class, IBatchItem
    {
        TRow[] sorted = [.. rows];
        return [.. LengthBatches.SortAndCut(sorted.AsSpan(), tokenBudget, multiple, mostPadding).Select(range => sorted[range])];
    }
}
