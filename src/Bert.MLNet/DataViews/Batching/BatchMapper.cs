using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer bound to an input schema: what it reads and what it adds.</summary>
internal abstract class BatchMapper
{
    /// <summary>The columns that are added, in order.</summary>
    public abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    /// <summary>The indexes of the input columns that are read.</summary>
    public abstract IReadOnlyList<int> InputColumns { get; }

    /// <param name="owner">The transformer, which errors name; null for a view that is read where it is made.</param>
    /// <param name="host">Where messages go.</param>
    /// <param name="source">The data.</param>
    /// <param name="options">How rows are gathered.</param>
    public abstract IDataView CreateView(IBatchStep? owner, IHost host, IDataView source, BertBatchOptions options);

    public abstract IRowToRowMapper CreateRowMapper(IBatchStep owner, DataViewSchema inputSchema, BertBatchOptions options);
}

/// <summary>How the rows of a data view are read, computed and given out.</summary>
/// <remarks>One mapper serves many cursors and threads: it holds no state of a row. Rows are used again from window to window.</remarks>
internal abstract class BatchMapper<TRow, TItem> : BatchMapper, IBatchWork<TRow, TItem>
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    /// <summary>A delegate that copies what is needed of the current row of <paramref name="input"/>.</summary>
    public abstract Action<TRow> CreateReader(DataViewRow input);

    /// <summary>A <see cref="ValueGetter{TValue}"/> of an output column for the row that <paramref name="current"/> returns.</summary>
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
