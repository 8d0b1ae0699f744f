using System.Text;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// JSON lines on their way to a file. They are gathered in FILE.partial; of a run that can be gone on with, FILE.partial.json says which it
/// is, so that after a
/// kill the same run goes on at the last whole chunk. The file takes its place when it is whole, in the form that its name says.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _path, _partial, _identity;
    private readonly bool _keep;
    private readonly FileStream? _stream;
    private bool _inPlace;

    private ResultFile(string path, string? run, int chunk)
    {
        (_path, _partial, _identity, _keep) = (path, path + ".partial", path + ".partial.json", run is not null);
        bool goesOn = _keep && File.Exists(_identity);
        if (goesOn && File.ReadAllText(_identity) != run)
        {
            throw new InvalidDataException(
                $"'{_partial}' was left by a run with other options, or the data set, the model or the version has changed since. " +
                $"Give the same ones, or delete '{_identity}' to start anew.");
        }
        IsDone = goesOn && !File.Exists(_partial) && File.Exists(path); // killed between its last two acts
        if (IsDone)
            return;
        try
        {
            if (!goesOn)
                File.Delete(_identity);
            _stream = new FileStream(_partial, goesOn ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            if (goesOn)
                Lines = KeepChunks(_stream, chunk);
            else if (run is not null)
                WriteWhole(_identity, stream => stream.Write(Encoding.UTF8.GetBytes(run)));
        }
        catch
        {
            _stream?.Dispose();
            if (!goesOn && _stream is not null)
                File.Delete(_partial);
            throw;
        }
    }

    /// <summary>Lines that an earlier run has left.</summary>
    public long Lines { get; }

    /// <summary>Whether an earlier run has put the file in its place.</summary>
    public bool IsDone { get; }

    public Stream Stream => _stream!;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it will be.</param>
    /// <param name="run">What tells the run from others; null for one of which nothing stays when it ends early.</param>
    /// <param name="chunk">Lines that are kept together.</param>
    /// <exception cref="InvalidDataException">Another run left lines there.</exception>
    public static ResultFile Open(string path, string? run, int chunk)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder. Give the path of a file to write.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new ResultFile(path, run, chunk);
    }

    /// <summary>Hands what is written to the disk, so that it outlives the process and the machine.</summary>
    public void Save() => _stream!.Flush(flushToDisk: true);

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        if (!IsDone)
        {
            Save();
            if (ResultTable.IsFor(_path))
            {
                WriteWhole(_path, stream => ResultTable.Write(_stream!, stream, _path));
                _stream!.Dispose();
                File.Delete(_partial);
            }
            else
            {
                _stream!.Dispose();
                File.Move(_partial, _path, overwrite: true);
            }
        }
        _inPlace = true;
        File.Delete(_identity);
    }

    public void Dispose()
    {
        try
        {
            _stream?.Dispose(); // which writes what it still holds, and on a full disk cannot
        }
        finally
        {
            if (!_inPlace && !_keep)
            {
                File.Delete(_partial);
                File.Delete(_identity);
            }
        }
    }

    private static void WriteWhole(string path, Action<Stream> write)
    {
        string beside = path + ".new";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Cuts off what follows the last whole chunk.</summary>
    /// <returns>The lines that stay.</returns>
    private static long KeepChunks(FileStream stream, int chunk)
    {
        byte[] buffer = new byte[1 << 16];
        long lines = 0, end = 0, position = 0;
        while (stream.Read(buffer) is var read and > 0)
        {
            for (int i = 0; i < read; i++)
            {
                if (buffer[i] == '\n' && ++lines % chunk == 0)
                    end = position + i + 1;
            }
            position += read;
        }
        stream.SetLength(end);
        stream.Position = end;
        return lines / chunk * chunk;
    }
}
