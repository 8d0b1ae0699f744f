namespace Bert.MLNet.Cli.Files;

/// <summary>JSON lines from a file or the pipe, one after the other, in memory for the longest line.</summary>
internal static class JsonLinesReader
{
    /// <summary>The objects of a file; blank lines are passed over.</summary>
    /// <param name="path">The file; <c>-</c> for standard input.</param>
    /// <param name="streams">Where standard input is.</param>
    /// <param name="skip">So many objects are passed over unread.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, long skip, CancellationToken cancellation)
    {
        using TextFile file = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
        foreach (JsonLine line in JsonLine.Read(file, skip, cancellation))
            yield return line;
    }

    /// <summary>How many objects a file has.</summary>
    public static long Count(string path, CancellationToken cancellation) => TextFile.ReadLines(path).LongCount(line =>
    {
        cancellation.ThrowIfCancellationRequested();
        return !JsonLine.IsBlank(line);
    });
}
