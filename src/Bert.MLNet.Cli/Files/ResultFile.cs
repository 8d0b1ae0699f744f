using System.Text;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Collects JSON lines for a file in FILE.partial. For a resumable run, FILE.partial.json identifies the run, so that after a failure the
/// same run continues after the last complete chunk. At the end, the file is written in the format of its name.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _path, _partial, _identity;
    private readonly bool _keep, _goesOn;
    private readonly FileStream? _stream;
    private bool _inPlace;

    private ResultFile(string path, string? run)
    {
        (_path, _partial, _identity, _keep) = (path, path + ".partial", path + ".partial.json", run is not null);
        bool goesOn = _goesOn = _keep && File.Exists(_identity);
        if (goesOn && File.ReadAllText(_identity) != run)
        {
            throw new InvalidDataException(
                $"'{_partial}' comes from a run with other options, or the data set, the model or the version has changed since then. " +
                $"Use the same ones, or delete '{_identity}' to start again.");
        }
        IsDone = goesOn && !File.Exists(_partial) && File.Exists(path); // killed between its last two actions
        if (IsDone)
            return;
        try
        {
            if (!goesOn)
                File.Delete(_identity);
            _stream = new FileStream(
                _partial, goesOn ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            if (goesOn)
                Lines = CountLines(_stream, long.MaxValue).Lines;
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

    /// <summary>The number of lines that an earlier run has written completely.</summary>
    public long Lines { get; }

    /// <summary>Whether an earlier run has already written the file.</summary>
    public bool IsDone { get; }

    public Stream Stream => _stream!;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="run">The identity of the run, or null if nothing should be kept when it ends early.</param>
    /// <exception cref="InvalidDataException">Another run left lines there.</exception>
    public static ResultFile Open(string path, string? run)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder. Specify the path of a file to write.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new ResultFile(path, run);
    }

    /// <summary>Flushes the lines to disk, so that they survive a failure of the process or the machine.</summary>
    public void Save() => _stream!.Flush(flushToDisk: true);

    /// <summary>Removes what an earlier run has written after some lines.</summary>
    public void Keep(long lines)
    {
        if (!_goesOn)
            return;
        long end = lines == 0 ? 0 : CountLines(Stream, lines).End;
        Stream.SetLength(end);
        Stream.Position = end;
    }

    /// <summary>Writes the final file.</summary>
    /// <param name="afterwards">Called when the file is in place, before the run counts as finished.</param>
    public void Commit(Action? afterwards = null)
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
        afterwards?.Invoke();
        File.Delete(_identity);
    }

    public void Dispose()
    {
        try
        {
            _stream?.Dispose(); // flushes its buffer, which fails on a full disk
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

    /// <summary>Counts lines, and finds the byte after the last of them.</summary>
    private static (long Lines, long End) CountLines(Stream stream, long max)
    {
        byte[] buffer = new byte[1 << 16];
        (long lines, long end, long position) = (0, 0, 0);
        stream.Position = 0;
        while (lines < max && stream.Read(buffer) is var read and > 0)
        {
            for (int i = 0; i < read && lines < max; i++)
            {
                if (buffer[i] == '\n')
                    (lines, end) = (lines + 1, position + i + 1);
            }
            position += read;
        }
        return (lines, end);
    }
}
