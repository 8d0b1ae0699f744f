namespace Bert.MLNet.DataViews;

/// <summary>Rows that are computed without a data view.</summary>
internal static class EnumeratedRows
{
    /// <summary>Computes rows, read ahead and batched as a cursor does, and returns them in their original order.</summary>
    /// <param name="rows">The rows, already read but not yet prepared.</param>
    /// <param name="owner">The transformer, which error messages name, or null.</param>
    /// <param name="work">How rows are computed.</param>
    /// <param name="options">How many rows are read ahead and batched.</param>
    /// <param name="activeOutputs">For each output, whether it will be requested.</param>
    /// <param name="cancellationToken">Stops the work before the next row is read or the next batch is computed.</param>
    public static IEnumerable<TRow> Compute<TRow, TItem>(
        IEnumerable<TRow> rows, IBatchStep? owner, IBatchWork<TRow, TItem> work, BertBatchOptions options, bool[] activeOutputs,
        CancellationToken cancellationToken)
        where TRow : class
        where TItem : class, IBatchItem
    {
        using IEnumerator<TRow> source = rows.GetEnumerator();
        Action checkAlive = cancellationToken.ThrowIfCancellationRequested;
        var window = new BatchWindow<TRow, TItem>(Read, owner, work, options, activeOutputs, checkAlive);
        while (window.Fill())
        {
            for (int slot = 0; slot < window.Count; slot++)
                yield return window.Take(slot);
        }

        bool Read(int slot, ref TRow? row, out long bytes)
        {
            bytes = 0;
            bool isRead = source.MoveNext();
            row = isRead ? source.Current : null;
            return isRead;
        }
    }
}
