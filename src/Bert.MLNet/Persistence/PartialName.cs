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

    /// <summary>A name that nobody has.</summary>
    public static string Beside(string path) => $"{path}.{Guid.NewGuid():N}.partial";

    /// <summary>Creates a folder under such a name.</summary>
    /// <param name="path">The place that the folder is for.</param>
    /// <param name="held">Its lock; disposing releases it.</param>
    public static string CreateFolder(string path, out FileStream held)
    {
        string folder = Directory.CreateDirectory(Beside(path)).FullName;
        held = new FileStream(Path.Combine(folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        return folder;
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
                new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
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

    [GeneratedRegex(@"^\.[0-9a-f]{32}\.partial\z")]
    private static partial Regex Suffix();
}
