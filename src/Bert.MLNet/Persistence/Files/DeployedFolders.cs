using System.Reflection;

namespace Bert.MLNet.Persistence;

/// <summary>Finds the folders for files that are deployed with a library.</summary>
internal static class DeployedFolders
{
    /// <summary>
    /// The application's folder; the library's folder, which is different in plug-ins and test hosts; and the folder of its package, from
    /// which F# Interactive and notebooks load it without copying anything.
    /// </summary>
    /// <param name="library">The library.</param>
    public static IEnumerable<string> Of(Assembly library) => Of(AppContext.BaseDirectory, library.Location);

    /// <summary>The same for a library's file; empty if it is in a bundle instead of a folder.</summary>
    internal static IEnumerable<string> Of(string application, string libraryFile)
    {
        application = Path.TrimEndingDirectorySeparator(application);
        yield return application;
        if (libraryFile.Length == 0 || Path.GetDirectoryName(libraryFile) is not { } folder)
            yield break;
        if (folder != application)
            yield return folder;
        // PACKAGE/lib/net10.0/LIBRARY.dll
        if (Path.GetDirectoryName(folder) is { } lib && Path.GetFileName(lib) == "lib" && Path.GetDirectoryName(lib) is { } package)
            yield return package;
    }
}
