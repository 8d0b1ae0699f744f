using Bert.MLNet.DataViews;

namespace Bert.MLNet.Predictors;

/// <summary>Computes inputs without a data view, in the batches in which a transformer computes rows. Thread-safe.</summary>
/// <param name="owner">The transformer, which error messages name.</param>
/// <param name="work">How rows are computed.</param>
/// <param name="options">How many rows are read ahead and batched.</param>
/// <param name="rowsOf">Returns the rows of an input, which are not used again.</param>
/// <param name="resultOf">Returns the result of an input from its computed rows.</param>
internal sealed class RowPrediction<TInput, TRow, TItem, TResult>(
    IBatchStep owner, IBatchWork<TRow, TItem> work, BertBatchOptions options, Func<TInput, TRow[]> rowsOf, Func<TRow[], TResult> resultOf)
    : IPrediction<TInput, TResult>
    where TRow : class
    where TItem : class, IBatchItem
{
    private readonly BatchComputer<TRow, TItem> _computer = new(owner, work, options, []);

    /// <inheritdoc/>
    /// <remarks>If the input is one row, no window is needed.</remarks>
    public TResult One(TInput input)
    {
        TRow[] rows = rowsOf(input);
        if (rows.Length > 1)
            return Many([input], null, CancellationToken.None).Single();
        owner.CheckNotDisposed();
        _computer.Compute(rows, 0, static () => { });
        return resultOf(rows);
    }

    /// <inheritdoc/>
    /// <remarks>The rows of all inputs share batches.</remarks>
    public IEnumerable<TResult> Many(IEnumerable<TInput> inputs, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        owner.CheckNotDisposed();
        CountedWork<TRow, TItem>? counted = progress is null ? null : new(work, progress);
        var pending = new Queue<TRow[]>();
        int computed = 0; // of the rows of the first pending input
        foreach (TRow _ in EnumeratedRows.Compute(Rows(), owner, counted ?? work, options, [], cancellationToken))
        {
            computed++;
            while (pending.TryPeek(out TRow[]? rows) && rows.Length <= computed)
            {
                computed -= rows.Length;
                yield return resultOf(pending.Dequeue());
            }
        }
        counted?.Complete();
        foreach (TRow[] none in pending)
            yield return resultOf(none);

        IEnumerable<TRow> Rows()
        {
            foreach (TInput input in inputs)
            {
                TRow[] rows = rowsOf(input);
                pending.Enqueue(rows);
                foreach (TRow row in rows)
                    yield return row;
            }
        }
    }

    public BertPreparedInput<TResult> Prepare(TInput input)
    {
        owner.CheckNotDisposed();
        TRow[] rows = rowsOf(input);
        var sequences = new List<BertPreparedSequence>(rows.Length);
        foreach (TRow row in rows)
        {
            try
            {
                work.Prepare(row);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{work.Describe(row)}: {e.Message}", e);
            }
            foreach (TItem item in work.ItemsOf(row))
                sequences.Add(new BertPreparedSequence(this, item));
        }
        return new(sequences, () => resultOf(rows));
    }

    public void Compute(IReadOnlyList<BertPreparedSequence> batch)
    {
        owner.CheckNotDisposed();
        if (batch.Count == 0)
            throw new ArgumentException("The batch is empty. Pass at least one prepared sequence.", nameof(batch));
        var items = new TItem[batch.Count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = ReferenceEquals(batch[i].Preparer, this) ? (TItem)batch[i].Item : throw new ArgumentException(
                $"Sequence {i} of the batch was prepared by another predictor. Pass it to the one that prepared it.", nameof(batch));
        }
        Array.Sort(items, (first, second) => second.Length.CompareTo(first.Length));
        work.Run(items, []);
        foreach (BertPreparedSequence sequence in batch)
            sequence.IsComputed = true;
    }
}
