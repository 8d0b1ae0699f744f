namespace Bert.MLNet.DataViews;

/// <summary>Reads the next row of a source; returns false if there is none.</summary>
/// <param name="slot">Its place in the window.</param>
/// <param name="row">The row; before, that of an earlier window or null, whose memory may be used again.</param>
/// <param name="bytes">The bytes that are kept of it besides.</param>
internal delegate bool RowReader<TRow>(int slot, ref TRow? row, out long bytes)
    where TRow : class;

/// <summary>Rows that are read ahead from a source. Computed when the first result is asked for.</summary>
/// <param name="read">Reads them.</param>
/// <param name="owner">The transformer, which errors name, or null.</param>
/// <param name="work">How they are computed.</param>
/// <param name="options">How many are gathered.</param>
/// <param name="activeOutputs">Which outputs will be asked for.</param>
/// <param name="checkAlive">Throws when the user has cancelled. Called before each row and each batch.</param>
internal sealed class BatchWindow<TRow, TItem>(
    RowReader<TRow> read, IBatchStep? owner, IBatchWork<TRow, TItem> work, BertBatchOptions options, bool[] activeOutputs,
    Action checkAlive)
    where TRow : class
    where TItem : class, IBatchItem
{
    /// <summary>A window ends early when its results and the values that it hands through would take more memory than this.</summary>
    private const long MaxBytes = 64L << 20;

    private readonly BatchComputer<TRow, TItem> _computer = new(owner, work, options, activeOutputs);
    private TRow?[] _rows = [];
    private int _size = options.FirstWindow;
    private long _start;
    private bool _computed;
    private bool _exhausted;

    public int Count { get; private set; }

    /// <summary>Reads the next rows over the present ones; false when the source has no more.</summary>
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

    /// <summary>A row with its results.</summary>
    public TRow Computed(int slot)
    {
        if (!_computed)
        {
            _computer.Compute(_rows.AsMemory(0, Count)!, _start, checkAlive);
            _computed = true;
        }
        return _rows[slot]!;
    }

    /// <summary>A row with its results, which the window no longer keeps in memory.</summary>
    public TRow Take(int slot)
    {
        TRow row = Computed(slot);
        _rows[slot] = null;
        return row;
    }
}
