using System.Text.RegularExpressions;

namespace Bert.MLNet.Persistence;

/// <summary>Temporary names beside a path, for writing a file or folder until it is complete.</summary>
/// <remarks>
/// The writer holds a lock on the file itself, or on a file in the folder. The system releases it when the process ends in any way, so the
/// next writer can distinguish abandoned files from those that another process is writing.
/// </remarks>
internal static partial class PartialName
{
    private const string LockName = ".lock";

    private const int Tries = 10;

    /// <summary>
    /// The sharing mode of lock files. Windows moves and deletes an open file only if that is shared; elsewhere there is one lock, which
    /// None acquires.
    /// </summary>
    public static FileShare Exclusive { get; } = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>Creates a file with a temporary name.</summary>
    /// <param name="path">The final path of the file.</param>
    /// <returns>The locked file. Move it to its path or delete it before disposing of it.</returns>
    public static FileStream CreateFile(string path) => CreateLocked(() => Beside(path));

    /// <summary>Creates a folder with a temporary name.</summary>
    /// <param name="path">The final path of the folder.</param>
    /// <param name="held">Its lock, which is released when it is disposed.</param>
    public static string CreateFolder(string path, out FileStream held)
    {
        held = CreateLocked(() => Path.Combine(Directory.CreateDirectory(Beside(path)).FullName, LockName));
        return Path.GetDirectoryName(held.Name)!;
    }

    /// <summary>Deletes a folder with a temporary name, while no other process removes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="held">Its lock, which is released.</param>
    public static void DeleteFolder(string folder, FileStream held)
    {
        if (OperatingSystem.IsWindows())
            held.Dispose();
        Directory.Delete(folder, recursive: true);
        held.Dispose();
    }

    /// <summary>
    /// Removes the temporary files of ended processes beside a path. Files that cannot be removed remain, which is harmless.
    /// </summary>
    public static void Clear(string path)
    {
        string parent = Path.GetDirectoryName(path)!, name = Path.GetFileName(path);
        if (!Directory.Exists(parent))
            return;
        foreach (FileSystemInfo entry in new DirectoryInfo(parent).EnumerateFileSystemInfos("*.partial").ToList())
        {
            bool isOurs = entry.Name.StartsWith(name, StringComparison.Ordinal) && Suffix().IsMatch(entry.Name.AsSpan(name.Length));
            if (!isOurs || entry.LinkTarget is not null)
                continue;
            try
            {
                string held = entry is DirectoryInfo ? Path.Combine(entry.FullName, LockName) : entry.FullName;
                if (entry is DirectoryInfo empty && !File.Exists(held))
                {
                    empty.Delete(); // its process ended before it acquired the lock; a folder with files belongs to another process
                    continue;
                }
                // Held until everything is deleted: a process that has created the file but not locked it yet must not succeed in between.
                using var taken = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, Exclusive);
                if (entry is DirectoryInfo folder)
                    folder.Delete(recursive: true);
                else
                    entry.Delete();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process is writing it, or has already removed it.
            }
        }
    }

    private static string Beside(string path) => $"{path}.{Guid.NewGuid():N}.partial";

    // On Unix, creating and locking a file are two steps, between which another process may regard it as abandoned.
    private static FileStream CreateLocked(Func<string> name)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                string path = name();
                var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, Exclusive);
                if (File.Exists(path))
                    return file;
                file.Dispose();
            }
            catch (IOException) when (tries < Tries)
            {
                // Removed before it was locked: try another name. Any other error occurs again.
            }
        }
    }

    [GeneratedRegex(@"^\.[0-9a-f]{32}\.partial\z")]
    private static partial Regex Suffix();
}
