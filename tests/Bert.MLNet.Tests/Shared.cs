using System.Runtime.CompilerServices;

namespace Bert.MLNet.Tests;

/// <summary>
/// Fixtures that live beside the repository, in a folder named <c>shared</c>; tests that need them skip where they are absent.
/// </summary>
internal static class Shared
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Root();

    /// <summary>A file or folder below <c>shared</c>; skips the test when it is not there.</summary>
    public static string Folder(params string[] parts)
    {
        for (string? folder = Repository; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string found = Path.Combine([folder, "shared", .. parts]);
            if (Path.Exists(found))
                return found;
        }
        Assert.Skip($"There is no shared/{string.Join('/', parts)} beside the repository.");
        return "";
    }

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
}
