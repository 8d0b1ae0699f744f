namespace Bert.MLNet.Cli.Files;

/// <summary>Reads JSON lines from a file or the pipe, with memory for the longest line only.</summary>
internal static class JsonLinesReader
{
    /// <summary>The objects of a file; blank lines are skipped.</summary>
    /// <param name="path">The file, or <c>-</c> for standard input.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="skip">The number of objects to skip.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, long skip, CancellationToken cancellation)
    {
        using TextFile file = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
        foreach (JsonLine line in JsonLine.Read(file, skip, cancellation))
            yield return line;
    }

    /// <summary>The number of objects in a file.</summary>
    public static long Count(string path, CancellationToken cancellation) => TextFile.ReadLines(path).LongCount(line =>
    {
        cancellation.ThrowIfCancellationRequested();
        return !JsonLine.IsBlank(line);
    });
}
