namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// The rows of a table whose cells can be quoted and can therefore contain line breaks. Whether a line break ends a row depends on all
/// quotes before it. To begin in the middle of a file, both possibilities are followed until one of them is not a valid table; if none
/// is, the file is read from its start.
/// </summary>
internal sealed class QuotedRowStarts : RowStarts
{
    private const int FirstWindow = 1 << 16;

    /// <summary>The distance from a known row within which all rows are read, which is exact.</summary>
    private const long Near = 1 << 26;

    private readonly char _separator;
    private readonly long _origin;
    private long _known;

    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="separator">The separator of cells.</param>
    /// <param name="origin">A byte at which a row begins; rows before it are not counted.</param>
    public QuotedRowStarts(string path, char separator, long origin)
        : base(path) => (_separator, _origin, _known) = (separator, origin, origin);

    /// <summary>The number of cells in a row, or null while it is unknown.</summary>
    public int? Width { get; init; }

    /// <summary>The distance from a known row beyond which the file is not read up to an offset.</summary>
    internal long Reach { get; init; } = Near;

    public override long From(long offset)
    {
        if (offset <= _origin)
            return _origin;
        if (offset < _known)
            _known = _origin;
        if (offset - _known > Reach && Guess(offset) is { } guessed)
            return _known = guessed;
        return _known = Follow(offset);
    }

    /// <summary>Reads rows from a known start.</summary>
    private long Follow(long offset)
    {
        if (offset <= _known)
            return _known;
        var cells = new QuotedCells(_separator, width: null, inQuotes: false);
        long found = Length;
        Scan(_known, Length, (value, place) =>
        {
            cells.Read(value);
            if (cells.IsTooLong)
                throw new InvalidDataException(
                    $"'{Path}' has a quoted cell of more than {QuotedCells.MaxBytes >> 20} MiB before byte {place}. Close its quote.");
            if (cells.IsRowEnd && place + 1 >= offset)
                found = place + 1;
            return found == Length;
        });
        return SkipLineFeed(found);
    }

    /// <summary>Decides whether the first line break at an offset ends a row, or returns null if both are possible.</summary>
    private long? Guess(long offset)
    {
        long line = LineFrom(offset);
        for (long window = FirstWindow; ; window *= 4)
        {
            long end = Math.Min(Length, line + window);
            (long? outside, long? inside) = (Try(line, end, inQuotes: false), Try(line, end, inQuotes: true));
            bool isOpen = inside == Length && end < Length; // the row goes on after the window
            if (inside is null || (outside is null && !isOpen))
                return outside ?? inside;
            if (window > QuotedCells.MaxBytes || end == Length)
                return null;
        }
    }

    /// <summary>The start of the first row, or null if the bytes are not valid rows.</summary>
    private long? Try(long start, long end, bool inQuotes)
    {
        var cells = new QuotedCells(_separator, Width, inQuotes);
        bool isValid = true;
        long first = inQuotes ? Length : start;
        Scan(start, end, (value, place) =>
        {
            isValid = cells.Read(value);
            if (cells.IsRowEnd)
                first = Math.Min(first, place + 1);
            return isValid;
        });
        return isValid && (end < Length || cells.CanEnd) ? SkipLineFeed(first) : null;
    }
}
