namespace Bert.MLNet.Persistence;

/// <summary>Writes a file atomically.</summary>
internal static class WholeFile
{
    /// <summary>Writes a temporary file and moves it to the path. After a failure, an existing file is unchanged.</summary>
    /// <param name="path">The path; an existing file is replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
            throw new DirectoryNotFoundException(
                $"The folder '{parent}' for '{Path.GetFileName(path)}' does not exist. Create it, or choose another path.");
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder. Choose the path of a file.");
        PartialName.Clear(path);
        using FileStream stream = PartialName.CreateFile(path);
        try
        {
            write(stream);
            stream.Flush();
            File.Move(stream.Name, path, overwrite: true);
        }
        catch
        {
            File.Delete(stream.Name);
            throw;
        }
    }
}
