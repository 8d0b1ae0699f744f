using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// The destination of results: a file that is replaced when the new one is complete, or the pipe, which receives each line immediately.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const string Pipe = "-";

    private readonly string? _path, _partial;

    internal OutputFile(Stream stream, string? path, string? partial) => (Stream, _path, _partial) = (stream, path, partial);

    /// <summary>The stream for the results.</summary>
    public Stream Stream { get; }

    /// <summary>Opens a file by its path, or the pipe by <c>-</c>.</summary>
    public static OutputFile Create(string path, ToolStreams streams)
    {
        if (path == Pipe)
            return new OutputFile(new BufferedStream(streams.Out, 1 << 16), null, null);
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder. Specify the path of a file to write.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PartialName.Clear(path);
        FileStream stream = PartialName.CreateFile(path);
        return new OutputFile(stream, path, stream.Name);
    }

    /// <summary>Replaces the file with the results. Without this call, the file remains unchanged.</summary>
    public void Commit()
    {
        Stream.Flush();
        if (_partial is not null)
            File.Move(_partial, _path!, overwrite: true); // while it is locked, so that no other process regards it as abandoned
    }

    public void Dispose()
    {
        if (_partial is null)
        {
            Stream.Flush();
            return;
        }
        try
        {
            Stream.Dispose(); // flushes its buffer, which fails on a full disk
        }
        finally
        {
            File.Delete(_partial);
        }
    }
}
