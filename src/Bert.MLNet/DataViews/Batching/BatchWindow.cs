using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The rows that a cursor has read ahead, with the values of its pass-through columns. Computed when the first output is asked for.</summary>
internal sealed class BatchWindow<TRow, TItem>
    where TRow : class, new()
    where TItem : class, IBatchItem
{
    /// <summary>A window ends early when its results and the values that it hands through would take more memory than this.</summary>
    private const long MaxBytes = 64L << 20;

    private readonly BatchMapper<TRow, TItem> _mapper;
    private readonly BatchComputer<TRow, TItem> _computer;
    private readonly DataViewRowCursor _source;
    private readonly Action<TRow> _read;
    private readonly ValueGetter<DataViewRowId> _readId;
    private readonly Dictionary<int, ColumnBuffer> _columns;
    private readonly bool[] _activeOutputs;
    private readonly Action _checkAlive;
    private readonly BertBatchOptions _options;
    private TRow[] _rows = [];
    private DataViewRowId[] _ids = [];
    private int _size;
    private long _start;
    private bool _computed;
    private bool _exhausted;

    public BatchWindow(BatchTransformer? owner, BatchMapper<TRow, TItem> mapper, BertBatchOptions options, DataViewRowCursor source,
        IEnumerable<DataViewSchema.Column> passThrough, bool[] activeOutputs, Action checkAlive)
    {
        _mapper = mapper;
        _computer = new(owner, mapper, options, activeOutputs);
        _source = source;
        _read = mapper.CreateReader(source);
        _readId = source.GetIdGetter();
        _columns = passThrough.ToDictionary(c => c.Index, c => ColumnBuffer.Create(source, c));
        _activeOutputs = activeOutputs;
        _checkAlive = checkAlive;
        _options = options;
        _size = options.FirstWindow;
    }

    public int Count { get; private set; }

    /// <summary>Reads the next rows over the present ones; false when the source has no more.</summary>
    public bool Fill()
    {
        _start += Count;
        Count = 0;
        _computed = false;
        for (long bytes = 0; Count < _size && bytes < MaxBytes && MoveNext(); Count++)
        {
            if (Count == _rows.Length)
            {
                int capacity = Math.Max(_options.FirstWindow, 2 * Count);
                Array.Resize(ref _rows, capacity);
                Array.Resize(ref _ids, capacity);
            }
            _read(_rows[Count] ??= new TRow());
            _readId(ref _ids[Count]);
            foreach (ColumnBuffer column in _columns.Values)
                bytes += column.Read(Count);
            bytes += _mapper.ResultSize(_rows[Count], _activeOutputs);
        }
        _size = _options.WindowSize;
        return Count > 0;
    }

    /// <summary>A row with its results.</summary>
    public TRow Computed(int slot)
    {
        if (!_computed)
        {
            _computer.Compute(_rows.AsMemory(0, Count), _start, _checkAlive);
            _computed = true;
        }
        return _rows[slot];
    }

    public DataViewRowId Id(int slot) => _ids[slot];

    /// <summary>A getter of a pass-through column by its index in the source.</summary>
    public Delegate CreateGetter(int sourceColumn, Func<int> slot) => _columns[sourceColumn].CreateGetter(slot);

    private bool MoveNext() => !_exhausted && !(_exhausted = !_source.MoveNext());
}
