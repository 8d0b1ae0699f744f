namespace Bert.MLNet.Cli.Files;

/// <summary>Prevents results from overwriting their input.</summary>
internal static class Overwriting
{
    /// <summary>The suffixes of temporary files that are written beside a result.</summary>
    private static readonly string[] s_beside = ["", ".partial", ".partial.json", ".partial.json.new", ".new"];

    private static readonly StringComparer s_paths = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    /// <summary>
    /// Rejects an output that is one of the inputs, under any path. A hard link to the same content is allowed, because it keeps its
    /// content.
    /// </summary>
    /// <param name="output">The file or folder to write, or <c>-</c>.</param>
    /// <param name="inputs">The inputs. Names that are not existing files or folders are ignored.</param>
    /// <exception cref="UsageException">The output is an input.</exception>
    public static void Refuse(string output, params IEnumerable<string?> inputs)
    {
        if (output == LineFile.Pipe)
            return;
        HashSet<string> written = s_beside.Select(ending => Resolve(output + ending)).ToHashSet(s_paths);
        foreach (string? input in inputs)
        {
            if (Path.Exists(input) && written.Contains(Resolve(input)))
                throw new UsageException($"The output '{output}' would overwrite the input '{input}'. Choose another output.");
        }
    }

    /// <summary>The path without symbolic links.</summary>
    private static string Resolve(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        string place = Path.Combine(Resolve(parent), Path.GetFileName(path));
        FileSystemInfo info = Directory.Exists(place) ? new DirectoryInfo(place) : new FileInfo(place);
        return info.LinkTarget is null ? place : Resolve(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }
}
