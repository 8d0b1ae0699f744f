using System.Runtime.InteropServices;

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

    private const string Bridge = "LibTorchSharp";

    /// <summary>The version that only a symbol which is never called has.</summary>
    private const string UnneededVersion = "GLIBCXX_3.4.32";

    private static readonly Lazy<nint> s_loaded = new(Load);

    /// <summary>Loads the native libraries, once per process; thread-safe.</summary>
    /// <exception cref="DllNotFoundException">The application brings no libtorch for this system and <c>LIBTORCH</c> names none, or it cannot be loaded.</exception>
    public static void EnsureLoaded() => _ = s_loaded.Value;

    /// <summary>The address of a function of libtorch by its name in C++; 0 when there is none of that name, as on systems where names are made in another way.</summary>
    public static nint TryGetExport(string name) => NativeLibrary.TryGetExport(s_loaded.Value, name, out nint address) ? address : 0;

    /// <summary>The path of a native library: the application's own, whose version fits, else one in the folder that <c>LIBTORCH</c> names; null when there is none.</summary>
    /// <param name="library">Its name without what the system puts around it.</param>
    public static string? Find(string library)
    {
        string file = FileName(library);
        IEnumerable<string> searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] named = NamedFolder is { } root ? [root, Path.Combine(root, "lib")] : [];
        string[] folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native"), .. searched, .. named];
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <summary>What to say when there is no libtorch.</summary>
    public static DllNotFoundException Missing() => new(
        $"Training needs libtorch's native library, and this application has none for {Rid}. " +
        $"Add <PackageReference Include=\"libtorch-cpu-{Rid}\" Version=\"2.10.0\" /> to its project, or set the environment variable {FolderVariable} to a folder that has it: " +
        $"runtimes/{Rid}/native of that package, or PyTorch's libtorch 2.10.0. " +
        (NamedFolder is { } folder ? $"{FolderVariable} is '{folder}' now, and '{FileName("torch_cpu")}' is not there. " : "") +
        "Prediction does not need it.");

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
        string torch = Find("torch_cpu") ?? throw Missing();
        string bridge = Find(Bridge) ?? throw Missing();
        nint library = NativeLibrary.Load(torch);
        // The bridge finds what it links to by the name within: it may lie in another folder than libtorch, and so may a copy of it.
        foreach (string part in (string[])["torch_cuda", "torch"])
            NativeLibrary.TryLoad(Path.Combine(Path.GetDirectoryName(torch)!, FileName(part)), out _);
        if (NativeLibrary.TryLoad(bridge, out _))
            return library;
        if (!OperatingSystem.IsLinux())
            throw new DllNotFoundException($"'{bridge}' could not be loaded, although libtorch is there. Its version and TorchSharp's must fit.");

        // TorchSharp's later load by name finds this copy in the same way.
        NativeLibrary.Load(ElfSymbolVersions.CopyWithWeakVersion(bridge, UnneededVersion));
        return library;
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
