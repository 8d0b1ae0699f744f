namespace Bert.MLNet.Hub;

/// <summary>
/// A lock between processes, including those of Python: an open file that no other process can open. On Unix, both use flock; on Windows,
/// the sharing mode of the file. The system releases it when the process ends, in any case.
/// </summary>
internal static class HubLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the file is unlocked. Disposing of the stream releases the lock.</summary>
    public static async Task<FileStream> TakeAsync(string file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return Open(file);
            }
            catch (IOException exception) when (IsTaken(exception))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private static FileStream Open(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        // A cache can belong to a group.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode =
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
        return new FileStream(file, options);
    }

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EWOULDBLOCK, which has another number on systems from BSD.
    private static bool IsTaken(IOException exception) => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33
        : exception.HResult == (OperatingSystem.IsLinux() ? 11 : 35);
}
