using System.Text.RegularExpressions;

namespace Bert.MLNet.Persistence;

/// <summary>Names beside a path, under which a file or folder is written until it is whole.</summary>
/// <remarks>
/// Whoever writes holds a lock: on the file itself, or on a file in the folder. The system releases it when the process ends, however it
/// ends, so that the next one that writes to the path can tell what an ended process has left from what another is writing.
/// </remarks>
internal static partial class PartialName
{
    private const string LockName = ".lock";

    private const int Tries = 10;

    /// <summary>
    /// How files are opened that are locks. Windows moves and deletes an open file only where this is shared; elsewhere there is one lock,
    /// which None takes.
    /// </summary>
    public static FileShare Exclusive { get; } = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>Creates a file under such a name.</summary>
    /// <param name="path">The place that the file is for.</param>
    /// <returns>The file, locked. It is moved to its place, or deleted, before it is disposed.</returns>
    public static FileStream CreateFile(string path) => CreateLocked(() => Beside(path));

    /// <summary>Creates a folder under such a name.</summary>
    /// <param name="path">The place that the folder is for.</param>
    /// <param name="held">Its lock; disposing releases it.</param>
    public static string CreateFolder(string path, out FileStream held)
    {
        held = CreateLocked(() => Path.Combine(Directory.CreateDirectory(Beside(path)).FullName, LockName));
        return Path.GetDirectoryName(held.Name)!;
    }

    /// <summary>Deletes a folder under such a name, which nobody clears meanwhile.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="held">Its lock, which is released.</param>
    public static void DeleteFolder(string folder, FileStream held)
    {
        if (OperatingSystem.IsWindows())
            held.Dispose();
        Directory.Delete(folder, recursive: true);
        held.Dispose();
    }

    /// <summary>Removes what ended processes have left beside a path. What cannot be removed stays: it does no harm.</summary>
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
                    empty.Delete(); // its process ended before it had the lock; a folder that has files is somebody else's
                    continue;
                }
                // Held until all is gone: who has created the file and not yet locked it must not succeed meanwhile.
                using var taken = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, Exclusive);
                if (entry is DirectoryInfo folder)
                    folder.Delete(recursive: true);
                else
                    entry.Delete();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process is writing it, or has removed it meanwhile.
            }
        }
    }

    private static string Beside(string path) => $"{path}.{Guid.NewGuid():N}.partial";

    // To create a file and to lock it are two steps on Unix, between which another process that clears may take it for left.
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
                // Cleared before it was locked: another name is tried. Any other cause comes again.
            }
        }
    }

    [GeneratedRegex(@"^\.[0-9a-f]{32}\.partial\z")]
    private static partial Regex Suffix();
}
