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
    public abstract IDataView CreateView(BatchTransformer? owner, IHost host, IDataView source, BertBatchOptions options);

    public abstract IRowToRowMapper CreateRowMapper(BatchTransformer owner, DataViewSchema inputSchema, BertBatchOptions options);
}

/// <summary>How many rows are computed at once.</summary>
/// <typeparam name="TRow">What is kept of a row: its input and, once computed, its output. Objects are reused from window to window.</typeparam>
/// <typeparam name="TItem">What goes through the encoder.</typeparam>
/// <remarks>One mapper serves many cursors and threads: it holds no state of a row.</remarks>
internal abstract class BatchMapper<TRow, TItem> : BatchMapper
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    /// <summary>A delegate that copies what is needed of the current row of <paramref name="input"/>.</summary>
    public abstract Action<TRow> CreateReader(DataViewRow input);

    /// <summary>Makes the items of a row that has been read. Called for several rows at the same time.</summary>
    public abstract void Prepare(TRow row);

    /// <summary>The items of a prepared row.</summary>
    public abstract ReadOnlySpan<TItem> ItemsOf(TRow row);

    /// <summary>Computes items of any rows and keeps the results in them. Called for several batches at the same time.</summary>
    /// <param name="batch">At least one item, the longest first.</param>
    /// <param name="activeOutputs">Which of <see cref="BatchMapper.OutputColumns"/> will be asked for.</param>
    public abstract void Run(ReadOnlySpan<TItem> batch, bool[] activeOutputs);

    /// <summary>A <see cref="ValueGetter{TValue}"/> of an output column for the row that <paramref name="current"/> returns.</summary>
    public abstract Delegate CreateGetter(int output, Func<TRow> current);

    /// <summary>The bytes that the results of a row that has been read will take, as far as they grow with its length: they bound the window.</summary>
    public virtual long ResultSize(TRow row, bool[] activeOutputs) => 0;

    /// <summary>The input of a row in a few words, with its column: for error messages.</summary>
    public abstract string Describe(TRow row);

    public sealed override IDataView CreateView(BatchTransformer? owner, IHost host, IDataView source, BertBatchOptions options) =>
        new BatchDataView<TRow, TItem>(owner, host, source, this, options);

    public sealed override IRowToRowMapper CreateRowMapper(BatchTransformer owner, DataViewSchema inputSchema, BertBatchOptions options) =>
        new BatchRowMapper<TRow, TItem>(owner, inputSchema, this, options);
}
