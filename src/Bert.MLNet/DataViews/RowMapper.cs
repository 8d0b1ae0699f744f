using Microsoft.ML;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer that works row by row, bound to an input schema: what it reads, adds and computes.</summary>
internal abstract class RowMapper
{
    /// <summary>The columns that are added, in order.</summary>
    public abstract IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    /// <summary>The indexes of the input columns that are read.</summary>
    public abstract IReadOnlyList<int> InputColumns { get; }

    /// <summary>Begins to read a cursor's rows.</summary>
    /// <returns>Makes the <see cref="ValueGetter{TValue}"/> of an output column, by its position, for each that is asked for.</returns>
    public abstract Func<int, Delegate> CreateGetters(DataViewRow input);
}
