using System.Text;

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
        string name = path == LineFile.Pipe ? "standard input" : $"'{path}'";
        foreach ((string line, long number) in Lines(path, streams, cancellation))
        {
            if (skip-- <= 0)
                yield return new JsonLine(Encoding.UTF8.GetBytes(line), number, name);
        }
    }

    /// <summary>How many objects a file has.</summary>
    public static long Count(string path, CancellationToken cancellation) => Lines(path, new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null), cancellation).LongCount();

    /// <summary>The lines that are not blank, with their numbers.</summary>
    private static IEnumerable<(string Line, long Number)> Lines(string path, ToolStreams streams, CancellationToken cancellation)
    {
        using TextFile file = path == LineFile.Pipe ? new TextFile(streams.In, "standard input") : TextFile.Open(path);
        for (long number = 1; file.ReadLine() is { } line; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (line.AsSpan().ContainsAnyExcept(' ', '\t'))
                yield return (line, number);
        }
    }
}
