using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer bound to an input schema: the columns that it reads and adds.</summary>
internal abstract class BatchMapper
{
    /// <summary>The added columns, in order.</summary>
    public abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    /// <summary>The indexes of the input columns that are read.</summary>
    public abstract IReadOnlyList<int> InputColumns { get; }

    /// <param name="owner">The transformer, which error messages name. Null for a view that is read where it is created.</param>
    /// <param name="host">The host that receives messages.</param>
    /// <param name="source">The data.</param>
    /// <param name="options">How rows are grouped into batches.</param>
    public abstract IDataView CreateView(IBatchStep? owner, IHost host, IDataView source, BertBatchOptions options);

    public abstract IRowToRowMapper CreateRowMapper(IBatchStep owner, DataViewSchema inputSchema, BertBatchOptions options);
}

/// <summary>How the rows of a data view are read, computed and returned.</summary>
/// <remarks>
/// One mapper serves many cursors and threads, so it holds no state of a row. Rows are reused from window to window.
/// </remarks>
internal abstract class BatchMapper<TRow, TItem> : BatchMapper, IBatchWork<TRow, TItem>
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    /// <summary>Creates a delegate that copies the required values of the current row of <paramref name="input"/>.</summary>
    public abstract Action<TRow> CreateReader(DataViewRow input);

    /// <summary>
    /// Creates a <see cref="ValueGetter{TValue}"/> of an output column for the row that <paramref name="current"/> returns.
    /// </summary>
    public abstract Delegate CreateGetter(int output, Func<TRow> current);

    public abstract void Prepare(TRow row);

    public abstract ReadOnlySpan<TItem> ItemsOf(TRow row);

    public abstract void Run(ReadOnlySpan<TItem> batch, bool[] activeOutputs);

    public virtual long ResultSize(TRow row, bool[] activeOutputs) => 0;

    public abstract string Describe(TRow row);

    public sealed override IDataView CreateView(IBatchStep? owner, IHost host, IDataView source, BertBatchOptions options) =>
        new BatchDataView<TRow, TItem>(owner, host, source, this, options);

    public sealed override IRowToRowMapper CreateRowMapper(IBatchStep owner, DataViewSchema inputSchema, BertBatchOptions options) =>
        new BatchRowMapper<TRow, TItem>(owner, inputSchema, this, options);
}
