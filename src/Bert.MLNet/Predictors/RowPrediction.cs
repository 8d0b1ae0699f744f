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
    where TRow : class
    where TItem : class, IBatchItem
{
    private readonly BatchComputer<TRow, TItem> _computer = new(owner, work, options, []);

    /// <summary>Computes one input. If it is one row, no window is needed.</summary>
    public TResult One(TInput input)
    {
        TRow[] rows = rowsOf(input);
        if (rows.Length > 1)
            return Many([input], null, CancellationToken.None).Single();
        owner.CheckNotDisposed();
        _computer.Compute(rows, 0, static () => { });
        return resultOf(rows);
    }

    /// <summary>Computes inputs and returns their results in order.</summary>
    /// <param name="inputs">The inputs. The rows of all of them share batches.</param>
    /// <param name="progress">Receives the number of computed rows after each batch; null for none.</param>
    /// <param name="cancellationToken">Stops the work before the next row is read or the next batch is computed.</param>
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
}
