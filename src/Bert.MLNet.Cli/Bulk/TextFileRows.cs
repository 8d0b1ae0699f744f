using System.Globalization;

namespace Bert.MLNet.Cli.Bulk;

/// <summary>The rows of a text file. Messages count them from the start of the file if they are read from there.</summary>
internal abstract class TextFileRows(string path) : FileRows
{
    private long _next = -1, _line = 1;

    /// <summary>The length of the byte order mark, or null if the text is not in UTF-8.</summary>
    protected int? Mark { get; } = MarkOf(path);

    /// <summary>The name of the file in messages, with the byte from which rows are counted.</summary>
    protected string Name { get; private set; } = $"'{path}'";

    /// <summary>The number of the next row in messages.</summary>
    protected long Number { get; set; }

    /// <summary>The bytes at which rows begin.</summary>
    protected abstract RowStarts Starts { get; }

    /// <summary>The rows of a text.</summary>
    protected abstract IEnumerable<JsonLine> Read(TextFile text, CancellationToken cancellation);

    /// <summary>Counts the rows of a text.</summary>
    protected abstract long Count(TextFile text, CancellationToken cancellation);

    public override IEnumerable<JsonLine> Read(long start, long end, CancellationToken cancellation)
    {
        (long first, long last) = (Starts.From(start), Starts.From(end));
        if (first >= last)
            yield break;
        Place(first);
        using TextFile text = Open(first, last);
        foreach (JsonLine line in Read(text, cancellation))
            yield return line;
        (_next, _line) = (last, text.Line);
    }

    public override long Count(long start, long end, CancellationToken cancellation)
    {
        (long first, long last) = (Starts.From(start), Starts.From(end));
        if (first >= last)
            return 0;
        Place(first);
        _next = -1; // to be read later
        using TextFile text = Open(first, last);
        return Count(text, cancellation);
    }

    /// <summary>Opens the text between two rows.</summary>
    protected TextFile Open(long first, long last)
    {
        var bytes = new FileSlice(path, first, last);
        return first == 0 ? new TextFile(bytes, Name) : new TextFile(bytes, Name, _line);
    }

    private void Place(long first)
    {
        if (first == _next)
            return;
        bool isStart = first == Starts.From(0);
        (Number, _line) = (1, isStart ? 1 + LinesBefore(first) : 1);
        Name = isStart ? $"'{path}'" : string.Create(CultureInfo.InvariantCulture, $"'{path}' from byte {first} on");
    }

    private long LinesBefore(long end)
    {
        using var text = new TextFile(new FileSlice(path, 0, end), Name);
        long lines = 0;
        while (text.ReadLine() is not null)
            lines++;
        return lines;
    }

    private static int? MarkOf(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return start switch
        {
            [0xEF, 0xBB, 0xBF, ..] => 3,
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF] => null,
            _ => 0,
        };
    }
}
