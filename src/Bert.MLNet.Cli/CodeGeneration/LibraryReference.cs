namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Where a generated project finds Bert.MLNet: in a clone of its repository, or as a package.</summary>
/// <param name="Project">The absolute path of <c>Bert.MLNet.csproj</c>, or null for the package.</param>
/// <param name="Version">The version of the package.</param>
internal sealed record LibraryReference(string? Project, string Version)
{
    private static readonly string s_projectInClone = Path.Combine("src", "Bert.MLNet", "Bert.MLNet.csproj");

    /// <summary>Parses the value of <c>--library</c>: a project, or a version.</summary>
    /// <exception cref="FileNotFoundException">The project does not exist.</exception>
    public static LibraryReference Parse(string? value)
    {
        if (value is null)
            return new LibraryReference(InClone(AppContext.BaseDirectory), ToolVersion.Current);
        if (!value.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase))
            return new LibraryReference(null, value);
        return File.Exists(value)
            ? new LibraryReference(Path.GetFullPath(value), ToolVersion.Current)
            : throw new FileNotFoundException(
                $"The project '{value}' in --library does not exist. Specify the path of Bert.MLNet.csproj, or a version of the package.");
    }

    /// <summary>The file with the package versions of the clone, or null if there is none.</summary>
    public string? PackageVersions =>
        Project is { } project && Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, "..", "..", "Directory.Packages.props"))
            is var file && File.Exists(file) ? file : null;

    /// <summary>The library's project in the clone that the tool runs from, or null for an installed tool.</summary>
    private static string? InClone(string toolFolder)
    {
        for (string? folder = toolFolder; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, s_projectInClone)))
                return Path.Combine(folder, s_projectInClone);
        }
        return null;
    }
}
