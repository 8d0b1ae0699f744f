namespace Bert.MLNet.Cli.Files;

/// <summary>JSON lines from a file or the pipe, one after the other, in memory for the longest line.</summary>
internal static class JsonLinesReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The objects of a file; blank lines are passed over.</summary>
    /// <param name="path">The file; <c>-</c> for standard input.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, CancellationToken cancellation)
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
                if (Parse(buffer.AsSpan(start, next - start), ++number, name) is { } line)
                    yield return line;
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
        if (Parse(buffer.AsSpan(0, end), ++number, name) is { } last)
            yield return last;
    }

    private static JsonLine? Parse(ReadOnlySpan<byte> line, long number, string name)
    {
        if (number == 1 && line.StartsWith(ByteOrderMark))
            line = line[ByteOrderMark.Length..];
        line = line.Trim(" \t\r\n"u8);
        return line.IsEmpty ? null : new JsonLine(line, number, name);
    }
}
