using Bert.MLNet.DataViews;

namespace Bert.MLNet.Predictors;

/// <summary>Work that reports the number of rows that are computed. Thread-safe.</summary>
/// <remarks>
/// Batches mix the items of rows. Between the first and the last batch of a window, the number is the share of its items that are computed.
/// It never decreases.
/// </remarks>
/// <param name="work">How rows are computed.</param>
/// <param name="progress">Receives the number, in one call at a time.</param>
internal sealed class CountedWork<TRow, TItem>(IBatchWork<TRow, TItem> work, IProgress<int> progress) : IBatchWork<TRow, TItem>
    where TRow : class
    where TItem : class, IBatchItem
{
    private readonly Lock _lock = new();
    private long _rows, _items, _computed;
    private int _reported;

    public void Prepare(TRow row)
    {
        work.Prepare(row);
        lock (_lock)
        {
            _rows++;
            _items += work.ItemsOf(row).Length;
        }
    }

    public ReadOnlySpan<TItem> ItemsOf(TRow row) => work.ItemsOf(row);

    public void Run(ReadOnlySpan<TItem> batch, bool[] activeOutputs)
    {
        work.Run(batch, activeOutputs);
        lock (_lock)
        {
            _computed += batch.Length;
            Report((int)(_rows * _computed / _items));
        }
    }

    public long ResultSize(TRow row, bool[] activeOutputs) => work.ResultSize(row, activeOutputs);

    public string Describe(TRow row) => work.Describe(row);

    /// <summary>Reports the rows without items, too. Called after the last row.</summary>
    public void Complete()
    {
        lock (_lock)
            Report((int)_rows);
    }

    private void Report(int rows)
    {
        if (rows > _reported)
            progress.Report(_reported = rows);
    }
}
