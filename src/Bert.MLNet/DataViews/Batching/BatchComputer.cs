using System.Runtime.InteropServices;

namespace Bert.MLNet.DataViews;

/// <summary>Prepares rows that have been read, cuts their items into batches, and runs the batches, all in parallel.</summary>
internal sealed class BatchComputer<TRow, TItem>(
    IBatchStep? owner, IBatchWork<TRow, TItem> work, BertBatchOptions options, bool[] activeOutputs)
    where TRow : class
    where TItem : class, IBatchItem
{
    /// <summary>Computes the rows of a window.</summary>
    /// <param name="rows">The rows, already read but not yet prepared.</param>
    /// <param name="firstPosition">The position of the first row in the data, for error messages.</param>
    /// <param name="checkAlive">Throws if the user has cancelled. Called before each batch.</param>
    public void Compute(ReadOnlyMemory<TRow> rows, long firstPosition, Action checkAlive)
    {
        Workers.Share(rows.Length, options.Threads, (_, i) =>
        {
            TRow row = rows.Span[i];
            try
            {
                work.Prepare(row);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Row {firstPosition + i}, {work.Describe(row)}: {e.Message}", e);
            }
        });

        var items = new List<TItem>(rows.Length);
        foreach (TRow row in rows.Span)
            items.AddRange(work.ItemsOf(row));
        List<Range> batches = LengthBatches.SortAndCut(CollectionsMarshal.AsSpan(items), options.Tokens, options.Threads);

        Workers.Share(batches.Count, options.Threads, (_, i) =>
        {
            checkAlive();
            ReadOnlySpan<TItem> batch = CollectionsMarshal.AsSpan(items)[batches[i]];
            try
            {
                work.Run(batch, activeOutputs);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                owner?.CheckNotDisposed();
                throw new InvalidOperationException($"{Locate(rows.Span, batch, firstPosition)}: {e.Message}", e);
            }
        });
    }

    /// <summary>Computes one row on the calling thread, without windows or threads.</summary>
    public void Compute(TRow row)
    {
        work.Prepare(row);
        ReadOnlySpan<TItem> items = work.ItemsOf(row);
        if (items.Length == 1)
        {
            work.Run(items, activeOutputs);
            return;
        }
        TItem[] sorted = items.ToArray();
        foreach (Range batch in LengthBatches.SortAndCut(sorted.AsSpan(), options.Tokens))
            work.Run(sorted.AsSpan(batch), activeOutputs);
    }

    private string Locate(ReadOnlySpan<TRow> rows, ReadOnlySpan<TItem> batch, long firstPosition)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (TItem item in work.ItemsOf(rows[i]))
            {
                if (ReferenceEquals(item, batch[0]))
                    return $"Batch of {batch.Length} sequences whose longest is row {firstPosition + i}, {work.Describe(rows[i])}";
            }
        }
        return $"Batch of {batch.Length} sequences";
    }
}
