using System.Runtime.InteropServices;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Training;

/// <summary>
/// Loads libtorch before TorchSharp looks for it. TorchSharp's own native library requires a C++ runtime of GCC 13 or later, which
/// excludes Debian 12, Ubuntu 22.04 and others, although it calls nothing that they lack. On such systems, a copy without this
/// requirement is loaded. Call <see cref="EnsureLoaded"/> before any type of TorchSharp is used.
/// </summary>
internal static class TorchRuntime
{
    /// <summary>The environment variable with the folder of libtorch, for programs that do not include it.</summary>
    internal const string FolderVariable = "LIBTORCH";

    /// <summary>The version of libtorch that TorchSharp requires.</summary>
    internal const string LibTorchVersion = "2.10.0";

    private const string Torch = "torch_cpu", Bridge = "LibTorchSharp";

    /// <summary>The version that is required only by a symbol that is never called.</summary>
    private const string UnneededVersion = "GLIBCXX_3.4.32";

    private static nint s_library;
    private static bool s_isLoaded;
    private static object? s_loading;

    /// <summary>Loads the native libraries, once per process. After a failure, the next call tries again. Thread-safe.</summary>
    /// <exception cref="MissingTorchException">
    /// The application does not include libtorch for this system and <c>LIBTORCH</c> is not set.
    /// </exception>
    /// <exception cref="DllNotFoundException">The libraries cannot be loaded.</exception>
    public static void EnsureLoaded() => _ = Library;

    /// <summary>
    /// Returns the address of a libtorch function by its C++ name, or 0 if there is none. Systems with other name mangling have none.
    /// </summary>
    public static nint TryGetExport(string name) => NativeLibrary.TryGetExport(Library, name, out nint address) ? address : 0;

    /// <summary>
    /// Finds the path of a native library. The application's own takes precedence over one in the folder that <c>LIBTORCH</c> names. Null
    /// if there is none.
    /// </summary>
    /// <param name="library">The name of the library, without the system's prefix and extension.</param>
    public static string? Find(string library) => Find(library, NamedFolder);

    /// <summary>Finds the path of a native library, given another folder than the one that <c>LIBTORCH</c> names.</summary>
    internal static string? Find(string library, string? namedFolder)
    {
        string file = FileName(library);
        string directories = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        IEnumerable<string> searched = directories.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] named = namedFolder is { } root ? [root, Path.Combine(root, "lib")] : [];
        IEnumerable<string> deployed = DeployedFolders.Of(typeof(TorchSharp.torch).Assembly)
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "runtimes", Rid, "native") });
        IEnumerable<string> folders = [.. deployed, .. searched, .. named];
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static nint Library => LazyInitializer.EnsureInitialized(ref s_library, ref s_isLoaded, ref s_loading, Load);

    private static string? NamedFolder =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The runtime identifier of this system, such as <c>linux-x64</c>, as in the names of libtorch's packages.</summary>
    internal static string Rid
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        }
    }

    private static nint Load()
    {
        string torch = Find(Torch) ?? throw new MissingTorchException(Rid, FileName(Torch), NamedFolder);
        string bridge = Find(Bridge) ?? throw new MissingTorchException(Rid, FileName(Bridge), NamedFolder);
        nint library = NativeLibrary.Load(torch);
        // The bridge finds its dependencies by their internal names, so that it, or a copy of it, can be in another folder than
        // libtorch.
        foreach (string part in (string[])["torch_cuda", "torch"])
            NativeLibrary.TryLoad(Path.Combine(Path.GetDirectoryName(torch)!, FileName(part)), out _);
        if (NativeLibrary.TryLoad(bridge, out _))
            return library;
        if (!OperatingSystem.IsLinux())
            throw new DllNotFoundException(
                $"'{bridge}' could not be loaded, although libtorch is there. Its version must match TorchSharp's.");

        // TorchSharp's later load by name finds this copy in the same way.
        byte[] image = File.ReadAllBytes(bridge);
        ElfSymbolVersions.MakeWeak(image, UnneededVersion);
        NativeImage.Load(image, Path.GetFileNameWithoutExtension(bridge));
        return library;
    }

    /// <summary>The name of a native library's file on this system.</summary>
    internal static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
