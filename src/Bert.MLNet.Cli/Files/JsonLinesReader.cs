namespace Bert.MLNet.Cli.Files;

/// <summary>JSON lines from a file or the pipe, one after the other, in memory for the longest line.</summary>
internal static class JsonLinesReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The objects of a file; blank lines are passed over.</summary>
    /// <param name="path">The file; <c>-</c> for standard input.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="skip">So many objects are passed over unread.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, long skip, CancellationToken cancellation)
    {
        foreach ((ReadOnlyMemory<byte> line, long number, string name) in Lines(path, streams, cancellation))
        {
            if (skip-- <= 0)
                yield return new JsonLine(line.Span, number, name);
        }
    }

    /// <summary>How many objects a file has.</summary>
    public static long Count(string path, CancellationToken cancellation) => Lines(path, new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null), cancellation).LongCount();

    /// <summary>The lines that are not blank, each valid until the next.</summary>
    private static IEnumerable<(ReadOnlyMemory<byte> Line, long Number, string File)> Lines(string path, ToolStreams streams, CancellationToken cancellation)
    {
        bool isPipe = path == "-";
        using Stream stream = isPipe ? streams.In : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        string name = isPipe ? "standard input" : $"'{path}'";
        byte[] buffer = new byte[1 << 16];
        int start = 0, end = 0, searched = 0;
        long number = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int newline = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                int next = searched + newline + 1;
                if (Trim(buffer.AsMemory(start, next - start), ++number) is { IsEmpty: false } line)
                    yield return (line, number, name);
                start = searched = next;
                continue;
            }
            searched = end;
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (end, searched, start) = (end - start, searched - start, 0);
            }
            if (end == buffer.Length)
                Array.Resize(ref buffer, checked(buffer.Length * 2));
            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
                break;
            end += read;
        }
        if (Trim(buffer.AsMemory(0, end), ++number) is { IsEmpty: false } last)
            yield return (last, number, name);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line, long number)
    {
        if (number == 1 && line.Span.StartsWith(ByteOrderMark))
            line = line[ByteOrderMark.Length..];
        return line.Trim(" \t\r\n"u8);
    }
}
