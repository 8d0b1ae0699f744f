using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The rows of a cursor, with their ids and the values of the passed-through columns.</summary>
internal sealed class CursorRows<TRow>(DataViewRowCursor cursor, Action<TRow> read, IEnumerable<DataViewSchema.Column> passThrough)
    where TRow : class, new()
{
    private readonly ValueGetter<DataViewRowId> _readId = cursor.GetIdGetter();
    private readonly Dictionary<int, ColumnBuffer> _columns = passThrough.ToDictionary(c => c.Index, c => ColumnBuffer.Create(cursor, c));
    private DataViewRowId[] _ids = [];

    /// <summary>A <see cref="RowReader{TRow}"/>.</summary>
    public bool Read(int slot, ref TRow? row, out long bytes)
    {
        bytes = 0;
        if (!cursor.MoveNext())
            return false;
        if (slot == _ids.Length)
            Array.Resize(ref _ids, Math.Max(64, 2 * slot));
        read(row ??= new TRow());
        _readId(ref _ids[slot]);
        foreach (ColumnBuffer column in _columns.Values)
            bytes += column.Read(slot);
        return true;
    }

    public DataViewRowId Id(int slot) => _ids[slot];

    /// <summary>Creates a getter of a passed-through column, identified by its index in the source.</summary>
    public Delegate CreateGetter(int sourceColumn, Func<int> slot) => _columns[sourceColumn].CreateGetter(slot);
}
