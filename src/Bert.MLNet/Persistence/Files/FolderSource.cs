using Microsoft.Win32.SafeHandles;

namespace Bert.MLNet.Persistence;

/// <summary>The files in a folder. Each is open only while it is read, and other processes can replace it at any time.</summary>
internal sealed class FolderSource(string folder) : FileSource
{
    public override bool Contains(string path) => File.Exists(FullPath(path));

    // From the open file: a FileInfo returns the length of a symbolic link itself, and the caches of model hubs are full of links.
    public override long Length(string path)
    {
        using SafeFileHandle file = File.OpenHandle(FullPath(path));
        return RandomAccess.GetLength(file);
    }

    public override Stream Open(string path) =>
        new FileStream(FullPath(path), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16,
            FileOptions.SequentialScan);

    public override string Describe(string path) => path.Length == 0 ? folder : FullPath(path);

    private string FullPath(string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));
}
