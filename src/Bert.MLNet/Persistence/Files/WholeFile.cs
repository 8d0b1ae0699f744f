namespace Bert.MLNet.Persistence;

/// <summary>A file that appears whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file beside its place, and moves it there. After a failure the place is as it was.</summary>
    /// <param name="path">The place; a file that is there is replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="DirectoryNotFoundException">There is no folder for it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
            throw new DirectoryNotFoundException($"The folder '{parent}' for '{Path.GetFileName(path)}' does not exist. Create it, or choose another path.");
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
