using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>
/// The data after a batching transformer: the source's rows in their original order, with the mapper's columns added.
/// </summary>
/// <remarks>
/// It implements ML.NET's internal transform interface only so that an export to ONNX asks it. ML.NET's <c>ConvertToOnnx</c> treats any
/// other view as the original data.
/// </remarks>
internal sealed class BatchDataView<TRow, TItem> : ITransformCanSaveOnnx
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    private readonly IBatchStep? _owner;
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly BatchMapper<TRow, TItem> _mapper;
    private readonly BertBatchOptions _options;
    private readonly ColumnBindings _bindings;

    public BatchDataView(IBatchStep? owner, IHost host, IDataView source, BatchMapper<TRow, TItem> mapper, BertBatchOptions options)
    {
        _owner = owner;
        _host = host;
        _source = source;
        _mapper = mapper;
        _options = options;
        _bindings = new ColumnBindings(source.Schema, [.. mapper.OutputColumns]);
    }

    public DataViewSchema Schema => _bindings.Schema;

    /// <summary>Always false, because rows are read ahead in order. Shuffle before this step, where it costs nothing.</summary>
    public bool CanShuffle => false;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        _host.CheckValue(columnsNeeded, nameof(columnsNeeded));
        var active = new ActiveColumns(_bindings, columnsNeeded);
        IEnumerable<DataViewSchema.Column> needed = active.Inputs(_mapper.InputColumns);
        DataViewRowCursor source = _source.GetRowCursor(needed);
        try
        {
            return active.AnyOutput
                ? new Cursor(this, source, active)
                : new PassThroughCursor(_host, source, _bindings, active);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Returns a single cursor, because its batches already use all the threads that are allowed.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    IDataView IDataTransform.Source => _source;

    void ICanSaveModel.Save(ModelSaveContext ctx) => _owner!.Save(ctx);

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxSteps.CanSave(_owner!, ctx);

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => OnnxSteps.Save(_owner!, ctx);

    private sealed class Cursor : RootCursorBase
    {
        private readonly BatchDataView<TRow, TItem> _view;
        private readonly DataViewRowCursor _source;
        private readonly ActiveColumns _active;
        private readonly CursorRows<TRow> _rows;
        private readonly BatchWindow<TRow, TItem> _window;
        private int _slot = -1;
        private bool _sourceDisposed;

        public Cursor(BatchDataView<TRow, TItem> view, DataViewRowCursor source, ActiveColumns active)
            : base(view._host)
        {
            _view = view;
            _source = source;
            _active = active;
            _rows = new(source, view._mapper.CreateReader(source), active.PassThrough);
            _window = new(_rows.Read, view._owner, view._mapper, view._options, active.Outputs, view._host.CheckAlive);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = _rows.Id(Slot());

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(IsColumnActive(column), nameof(column), $"Column '{column.Name}' was not requested when the cursor was created.");
            int index = _view._bindings.MapColumnIndex(out bool isSource, column.Index);
            Delegate getter = isSource
                ? _rows.CreateGetter(index, Slot)
                : _view._mapper.CreateGetter(index, () => _window.Computed(Slot()));
            return GetterCast.To<TValue>(getter, column);
        }

        protected override bool MoveNextCore()
        {
            if (++_slot < _window.Count)
                return true;
            _slot = 0;
            return _window.Fill();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_sourceDisposed)
            {
                _sourceDisposed = true;
                _source.Dispose();
            }
            base.Dispose(disposing);
        }

        private int Slot()
        {
            Ch.Check(IsGood, "The cursor is positioned before the first row or after the last row.");
            return _slot;
        }
    }
}
