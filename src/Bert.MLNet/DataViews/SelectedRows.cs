using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>Some of the rows of a data view, in order.</summary>
/// <param name="source">All rows. They are always read in order, so that the index of a row is its position.</param>
/// <param name="isSelected">Whether the row with this index, counted from 0, is kept.</param>
/// <param name="isStopped">Whether reading ends before the next row; null to read all rows.</param>
internal sealed class SelectedRows(IDataView source, Func<long, bool> isSelected, Func<bool>? isStopped = null) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(source.GetRowCursor(columnsNeeded), isSelected, isStopped);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor source, Func<long, bool> isSelected, Func<bool>? isStopped) : DataViewRowCursor
    {
        private long _index = -1, _position = -1;

        public override DataViewSchema Schema => source.Schema;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool MoveNext()
        {
            while (isStopped?.Invoke() != true && source.MoveNext())
            {
                if (!isSelected(++_index))
                    continue;
                _position++;
                return true;
            }
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
