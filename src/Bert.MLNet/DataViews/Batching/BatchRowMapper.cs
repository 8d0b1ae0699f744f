using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>
/// The fast path of <see cref="PredictionEngine{TSrc, TDst}"/>: one row at a time, on the calling thread, without a window.
/// </summary>
internal sealed class BatchRowMapper<TRow, TItem>(
    IBatchStep owner,
    DataViewSchema inputSchema,
    BatchMapper<TRow, TItem> mapper,
    BertBatchOptions options) : IRowToRowMapper
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    private readonly ColumnBindings _bindings = new(inputSchema, [.. mapper.OutputColumns]);

    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => _bindings.Schema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        new ActiveColumns(_bindings, dependingColumns).Inputs(mapper.InputColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        if (input.Schema != inputSchema)
            throw new ArgumentException("The row's schema differs from the schema that this mapper was created for.", nameof(input));
        return new Row(input, _bindings, new ActiveColumns(_bindings, activeColumns), owner, mapper, options);
    }

    private sealed class Row : WrappingRow
    {
        private readonly ColumnBindings _bindings;
        private readonly ActiveColumns _active;
        private readonly IBatchStep _owner;
        private readonly BatchMapper<TRow, TItem> _mapper;
        private readonly BatchComputer<TRow, TItem>? _computer;
        private readonly Action<TRow>? _read;
        private readonly TRow _row = new();
        private long _computedPosition = -1;

        public Row(
            DataViewRow input,
            ColumnBindings bindings,
            ActiveColumns active,
            IBatchStep owner,
            BatchMapper<TRow, TItem> mapper,
            BertBatchOptions options)
            : base(input)
        {
            _bindings = bindings;
            _active = active;
            _owner = owner;
            _mapper = mapper;
            if (active.AnyOutput)
            {
                _computer = new(owner, mapper, options, active.Outputs);
                _read = mapper.CreateReader(input);
            }
        }

        public override DataViewSchema Schema => _bindings.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            int index = _bindings.MapColumnIndex(out bool isSource, column.Index);
            if (isSource)
                return Input.GetGetter<TValue>(Input.Schema[index]);
            if (!IsColumnActive(column))
                throw new ArgumentException($"Column '{column.Name}' was not requested when the row was created.", nameof(column));
            return GetterCast.To<TValue>(_mapper.CreateGetter(index, Computed), column);
        }

        /// <summary>
        /// Returns the computed row. All getters of a row share one computation; a new position of the input starts the next.
        /// </summary>
        private TRow Computed()
        {
            if (_computedPosition != Input.Position || Input.Position < 0)
            {
                _computedPosition = -1;
                _read!(_row);
                try
                {
                    _computer!.Compute(_row);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _owner.CheckNotDisposed();
                    throw new InvalidOperationException($"{_mapper.Describe(_row)}: {e.Message}", e);
                }
                _computedPosition = Input.Position;
            }
            return _row;
        }
    }
}
