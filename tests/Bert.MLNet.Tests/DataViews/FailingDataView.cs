using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.DataViews;

/// <summary>A source of which a part cannot be read; it counts its cursors.</summary>
internal sealed class FailingDataView(IDataView data) : IDataView
{
    /// <summary>The name of a column whose getter cannot be made, or <c>id</c>; empty for none.</summary>
    public string Fault { get; set; } = "";

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Opened++;
        return new Cursor(this, data.GetRowCursor(columnsNeeded));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(FailingDataView view, DataViewRowCursor source) : DataViewRowCursor
    {
        private bool _isClosed;

        public override DataViewSchema Schema => source.Schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override bool MoveNext() => source.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() =>
            view.Fault == "id" ? throw new FormatException("no ids") : source.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            view.Fault == column.Name ? throw new FormatException($"no {column.Name}") : source.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isClosed)
            {
                _isClosed = true;
                view.Closed++;
                source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
