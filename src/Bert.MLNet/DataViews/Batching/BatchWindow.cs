namespace Bert.MLNet.DataViews;

/// <summary>Reads the next row of a source. Returns false if there are no more rows.</summary>
/// <param name="slot">The row's index in the window.</param>
/// <param name="row">Receives the row. On entry, null or a row of an earlier window, whose memory can be reused.</param>
/// <param name="bytes">The size in bytes of the other values that are kept for the row.</param>
internal delegate bool RowReader<TRow>(int slot, ref TRow? row, out long bytes)
    where TRow : class;

/// <summary>Rows that are read ahead from a source and computed when the first result is requested.</summary>
/// <param name="read">Reads the rows.</param>
/// <param name="owner">The transformer, which error messages name, or null.</param>
/// <param name="work">How rows are computed.</param>
/// <param name="options">How many rows are read ahead and batched.</param>
/// <param name="activeOutputs">For each output, whether it will be requested.</param>
/// <param name="checkAlive">Throws if the user has cancelled. Called before each row and each batch.</param>
internal sealed class BatchWindow<TRow, TItem>(
    RowReader<TRow> read, IBatchStep? owner, IBatchWork<TRow, TItem> work, BertBatchOptions options, bool[] activeOutputs,
    Action checkAlive)
    where TRow : class
    where TItem : class, IBatchItem
{
    /// <summary>A window ends early when its results and passed-through values would need more memory than this.</summary>
    private const long MaxBytes = 64L << 20;

    private readonly BatchComputer<TRow, TItem> _computer = new(owner, work, options, activeOutputs);
    private TRow?[] _rows = [];
    private int _size = options.FirstWindow;
    private long _start;
    private bool _computed;
    private bool _exhausted;

    public int Count { get; private set; }

    /// <summary>Replaces the current rows by the next ones. Returns false if the source has no more rows.</summary>
    public bool Fill()
    {
        _start += Count;
        Count = 0;
        _computed = false;
        for (long bytes = 0; Count < _size && bytes < MaxBytes && !_exhausted;)
        {
            checkAlive();
            if (Count == _rows.Length)
                Array.Resize(ref _rows, Math.Max(options.FirstWindow, 2 * Count));
            _exhausted = !read(Count, ref _rows[Count], out long besides);
            if (!_exhausted)
                bytes += besides + work.ResultSize(_rows[Count++]!, activeOutputs);
        }
        _size = options.WindowSize;
        return Count > 0;
    }

    /// <summary>Returns a row with its results.</summary>
    public TRow Computed(int slot)
    {
        if (!_computed)
        {
            _computer.Compute(_rows.AsMemory(0, Count)!, _start, checkAlive);
            _computed = true;
        }
        return _rows[slot]!;
    }

    /// <summary>Returns a row with its results and releases it from the window's memory.</summary>
    public TRow Take(int slot)
    {
        TRow row = Computed(slot);
        _rows[slot] = null;
        return row;
    }
}
