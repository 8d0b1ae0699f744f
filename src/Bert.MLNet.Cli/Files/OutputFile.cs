using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Where results go: a file, written beside its place and moved there when it is whole, or the pipe, which gets whole lines as they come.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private const string Pipe = "-";

    private readonly string? _path, _partial;

    internal OutputFile(Stream stream, string? path, string? partial) => (Stream, _path, _partial) = (stream, path, partial);

    /// <summary>Takes the results.</summary>
    public Stream Stream { get; }

    /// <summary>Opens a file by its path, or the pipe by <c>-</c>.</summary>
    public static OutputFile Create(string path, ToolStreams streams)
    {
        if (path == Pipe)
            return new OutputFile(new BufferedStream(streams.Out, 1 << 16), null, null);
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder. Give the path of a file to write.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PartialName.Clear(path);
        FileStream stream = PartialName.CreateFile(path);
        return new OutputFile(stream, path, stream.Name);
    }

    /// <summary>Puts the results in their place. Without it a file is as it was before.</summary>
    public void Commit()
    {
        Stream.Flush();
        if (_partial is not null)
            File.Move(_partial, _path!, overwrite: true); // while it is locked, so that nobody takes it for left
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
            Stream.Dispose(); // which writes what it still holds, and on a full disk cannot
        }
        finally
        {
            File.Delete(_partial);
        }
    }
}
