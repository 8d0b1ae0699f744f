namespace Bert.MLNet.Cli.Files;

/// <summary>Reads JSON lines from a file or the pipe, with memory for the longest line only.</summary>
internal static class JsonLinesReader
{
    /// <summary>The objects of a file; blank lines are skipped.</summary>
    /// <param name="path">The file, or <c>-</c> for standard input.</param>
    /// <param name="streams">The stream of standard input.</param>
    /// <param name="cancellation">Ends the reading before the next line.</param>
    public static IEnumerable<JsonLine> Read(string path, ToolStreams streams, CancellationToken cancellation)
    {
        using TextFile file = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
        foreach (JsonLine line in JsonLine.Read(file, cancellation))
            yield return line;
    }
}
