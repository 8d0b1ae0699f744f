using Microsoft.ML;

namespace Bert.MLNet.Tests;

/// <summary>Notes which columns each cursor over the data was asked for.</summary>
internal sealed class WatchedDataView(IDataView data) : IDataView
{
    /// <summary>The names of the columns, one line a cursor.</summary>
    public List<string> Cursors { get; } = [];

    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => data.CanShuffle;

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Cursors.Add(string.Join(' ', columnsNeeded.Select(column => column.Name)));
        return data.GetRowCursor(columnsNeeded, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
