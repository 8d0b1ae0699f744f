using Microsoft.ML;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer that works row by row, bound to an input schema: the columns that it reads, adds and computes.</summary>
internal abstract class RowMapper
{
    /// <summary>The added columns, in order.</summary>
    public abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    /// <summary>The indexes of the input columns that are read.</summary>
    public abstract IReadOnlyList<int> InputColumns { get; }

    /// <summary>Starts reading the rows of a cursor.</summary>
    /// <returns>A function that creates the <see cref="ValueGetter{TValue}"/> of an output column, given its index.</returns>
    public abstract Func<int, Delegate> CreateGetters(DataViewRow input);
}
