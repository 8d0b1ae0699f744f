namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// Follows rows whose cells can be quoted as in RFC 4180, byte by byte, as <see cref="Files.DelimitedText"/> reads them. A byte cannot
/// follow if the rows before it are not valid.
/// </summary>
/// <param name="separator">The separator of cells.</param>
/// <param name="width">The number of cells in a row, or null if it is not checked.</param>
/// <param name="inQuotes">Whether the first byte is inside a quoted cell of a row that began before.</param>
internal sealed class QuotedCells(char separator, int? width, bool inQuotes)
{
    /// <summary>
    /// The maximum number of bytes of a quoted cell. Without it, a missing quote would turn the rest of a file into one cell.
    /// </summary>
    public const int MaxBytes = 1 << 24;

    private State _state = inQuotes ? State.Quoted : State.Start;
    private bool _hasText = inQuotes, _isPartial = inQuotes;
    private int _cells = 1, _length;

    private enum State
    {
        /// <summary>The start of a cell.</summary>
        Start,

        /// <summary>White space at the start of a cell.</summary>
        Blank,

        /// <summary>A cell without quotes.</summary>
        Text,

        Quoted,

        /// <summary>After a quote inside quotes, which closes the cell unless it is doubled.</summary>
        Quote,

        /// <summary>White space after the closing quote.</summary>
        Closed,
    }

    /// <summary>Whether a row ended with the last byte.</summary>
    public bool IsRowEnd { get; private set; }

    /// <summary>Whether a cell in quotes is longer than <see cref="MaxBytes"/>.</summary>
    public bool IsTooLong => _length > MaxBytes;

    /// <summary>Whether the bytes so far can end the text.</summary>
    public bool CanEnd => _state != State.Quoted;

    /// <summary>Reads a byte.</summary>
    /// <returns>Whether the bytes so far can be valid rows.</returns>
    public bool Read(byte value)
    {
        IsRowEnd = false;
        if (_state == State.Quoted)
        {
            _length++;
            if (value == '"')
                _state = State.Quote;
            return !IsTooLong;
        }
        if (_state == State.Quote && value == '"')
        {
            _state = State.Quoted;
            return true;
        }
        if (value is (byte)'\n' or (byte)'\r')
            return EndRow();
        if (value == separator)
        {
            (_state, _hasText) = (State.Start, true);
            return ++_cells <= (width ?? int.MaxValue);
        }
        bool isBlank = value is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f';
        _hasText |= !isBlank && value < 0x80; // other characters can be white space
        switch (_state)
        {
            case State.Start or State.Blank when isBlank:
                _state = State.Blank;
                return true;
            case State.Start when value == '"':
                (_state, _length) = (State.Quoted, 0);
                return true;
            case State.Blank when value == '"':
                return false;
            case State.Quote or State.Closed:
                _state = State.Closed;
                return isBlank || value >= 0x80;
            default:
                _state = State.Text;
                return true;
        }
    }

    /// <summary>Ends a row. One without text is ignored, such as that between the two characters of a line break.</summary>
    private bool EndRow()
    {
        bool fits = width is null || !_hasText || _isPartial || _cells == width;
        (_state, _cells, _hasText, _isPartial, IsRowEnd) = (State.Start, 1, false, false, true);
        return fits;
    }
}
