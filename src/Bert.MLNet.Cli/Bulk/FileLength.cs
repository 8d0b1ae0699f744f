namespace Bert.MLNet.Cli.Bulk;

/// <summary>Measures files.</summary>
internal static class FileLength
{
    /// <summary>The number of bytes of a file. That of a symbolic link would be the length of its target's path.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static long Of(string path)
    {
        var file = new FileInfo(path);
        return (file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
    }
}
