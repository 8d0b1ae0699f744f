using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bert.MLNet.Benchmarks;

/// <summary>The system's cache of files, which can be told to drop one. Linux only.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Whether files can be dropped on this system.</summary>
    public static bool CanDrop => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Drops a file, so that the next who reads it waits for the disk. On a file system in memory nothing changes.</summary>
    /// <exception cref="IOException">The system refuses it.</exception>
    public static void Drop(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        // Pages that are not on the disk yet would stay.
        RandomAccess.FlushToDisk(file);
        if (Advise(file, 0, 0, DontNeed) is not 0 and int error)
            throw new IOException($"'{path}' cannot be dropped from the system's cache: error {error}.");
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
