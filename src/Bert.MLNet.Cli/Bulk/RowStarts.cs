namespace Bert.MLNet.Cli.Bulk;

/// <summary>
/// Finds the bytes of a text file at which rows begin. The answer depends on the file only, so that processes that start at different
/// bytes divide it in the same way.
/// </summary>
internal abstract class RowStarts(string path)
{
    /// <summary>The number of bytes that are read at a time.</summary>
    private const int BufferSize = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferSize];

    public string Path => path;

    public long Length { get; } = FileLength.Of(path);

    /// <summary>The first byte, at or after an offset, at which a row begins, or the length of the file if there is none.</summary>
    public abstract long From(long offset);

    /// <summary>The first byte, at or after an offset, that follows a line feed, a carriage return, or both.</summary>
    protected long LineFrom(long offset)
    {
        if (offset == 0)
            return 0;
        bool afterReturn = false;
        long found = Length;
        Scan(offset - 1, Length, (value, place) =>
        {
            if (afterReturn || value == '\n')
                found = value == '\n' ? place + 1 : place;
            else
                afterReturn = value == '\r';
            return found == Length;
        });
        return found;
    }

    /// <summary>The byte after a line feed that follows a carriage return, if it is at a row's start, or else that start.</summary>
    protected long SkipLineFeed(long start)
    {
        byte before = 0;
        if (start > 0 && start < Length)
        {
            Scan(start - 1, start + 1, (value, place) =>
            {
                if (place == start && before == '\r' && value == '\n')
                    start++;
                before = value;
                return true;
            });
        }
        return start;
    }

    /// <summary>Reads bytes until the end or until it returns false.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The byte after the last.</param>
    /// <param name="next">Receives each byte and its offset.</param>
    protected void Scan(long start, long end, Func<byte, long, bool> next)
    {
        using var bytes = new FileSlice(path, start, end);
        while (bytes.Read(_buffer) is var read and > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (!next(_buffer[i], start++))
                    return;
            }
        }
    }
}

/// <summary>The lines of UTF-8 text: JSON lines, or rows whose cells cannot be quoted.</summary>
internal sealed class LineStarts(string path) : RowStarts(path)
{
    /// <summary>The byte at which the first row begins, after the header.</summary>
    public long Origin { get; init; }

    public override long From(long offset) => offset <= Origin ? Origin : offset >= Length ? Length : LineFrom(offset);
}

/// <summary>Text in UTF-16 or UTF-32, which is not divided.</summary>
internal sealed class UndividedStarts(string path) : RowStarts(path)
{
    public override long From(long offset) => offset <= 0 ? 0 : Length;
}
