using System.Runtime.InteropServices;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Training;

/// <summary>
/// Loads libtorch before TorchSharp looks for it. TorchSharp's own native library asks for a C++ runtime of GCC 13 or later, and with
/// that shuts out Debian 12, Ubuntu 22.04 and others, although it calls nothing that they lack: there a copy is loaded that does
/// without. Call <see cref="EnsureLoaded"/> before the first type of TorchSharp is touched.
/// </summary>
internal static class TorchRuntime
{
    /// <summary>Names a folder that has libtorch, for programs that bring none.</summary>
    internal const string FolderVariable = "LIBTORCH";

    /// <summary>The version of libtorch that TorchSharp is made for.</summary>
    internal const string LibTorchVersion = "2.10.0";

    private const string Torch = "torch_cpu", Bridge = "LibTorchSharp";

    /// <summary>The version that only a symbol which is never called has.</summary>
    private const string UnneededVersion = "GLIBCXX_3.4.32";

    private static nint s_library;
    private static bool s_isLoaded;
    private static object? s_loading;

    /// <summary>Loads the native libraries, once per process; after a failure the next call tries again. Thread-safe.</summary>
    /// <exception cref="MissingTorchException">The application brings no libtorch for this system and <c>LIBTORCH</c> names
    /// none.</exception>
    /// <exception cref="DllNotFoundException">It cannot be loaded.</exception>
    public static void EnsureLoaded() => _ = Library;

    /// <summary>The address of a function of libtorch by its name in C++; 0 when there is none of that name, as on systems where names are made in another way.</summary>
    public static nint TryGetExport(string name) => NativeLibrary.TryGetExport(Library, name, out nint address) ? address : 0;

    /// <summary>The path of a native library: the application's own, whose version fits, else one in the folder that <c>LIBTORCH</c> names; null when there is none.</summary>
    /// <param name="library">Its name without what the system puts around it.</param>
    public static string? Find(string library) => Find(library, NamedFolder);

    /// <summary>The same, with another folder than the one that <c>LIBTORCH</c> names.</summary>
    internal static string? Find(string library, string? namedFolder)
    {
        string file = FileName(library);
        IEnumerable<string> searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] named = namedFolder is { } root ? [root, Path.Combine(root, "lib")] : [];
        IEnumerable<string> deployed = DeployedFolders.Of(typeof(TorchSharp.torch).Assembly).SelectMany(folder => new[] { folder, Path.Combine(folder, "runtimes", Rid, "native") });
        IEnumerable<string> folders = [.. deployed, .. searched, .. named];
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static nint Library => LazyInitializer.EnsureInitialized(ref s_library, ref s_isLoaded, ref s_loading, Load);

    private static string? NamedFolder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    private static string Rid
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
        // The bridge finds what it links to by the name within: it may lie in another folder than libtorch, and so may a copy of it.
        foreach (string part in (string[])["torch_cuda", "torch"])
            NativeLibrary.TryLoad(Path.Combine(Path.GetDirectoryName(torch)!, FileName(part)), out _);
        if (NativeLibrary.TryLoad(bridge, out _))
            return library;
        if (!OperatingSystem.IsLinux())
            throw new DllNotFoundException($"'{bridge}' could not be loaded, although libtorch is there. Its version and TorchSharp's must fit.");

        // TorchSharp's later load by name finds this copy in the same way.
        byte[] image = File.ReadAllBytes(bridge);
        ElfSymbolVersions.MakeWeak(image, UnneededVersion);
        NativeImage.Load(image, Path.GetFileNameWithoutExtension(bridge));
        return library;
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
