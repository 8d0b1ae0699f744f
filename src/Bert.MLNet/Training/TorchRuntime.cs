using System.Runtime.InteropServices;

namespace Bert.MLNet.Training;

/// <summary>
/// Makes TorchSharp usable on this machine: finds the native libraries, and loads them itself where the system's C++
/// runtime is older than the one TorchSharp was linked with. Call <see cref="EnsureLoaded"/> before the first TorchSharp type.
/// </summary>
internal static class TorchRuntime
{
    private static readonly Lazy<bool> s_loaded = new(Load);

    /// <summary>Loads libtorch once per process.</summary>
    /// <exception cref="DllNotFoundException">The application brings no native libtorch package for this system.</exception>
    public static void EnsureLoaded() => _ = s_loaded.Value;

    private static bool Load()
    {
        string native = Find(FileName("torch_cpu")) ?? throw Missing();
        string bridge = Find(FileName("LibTorchSharp")) ?? throw Missing();

        // TorchSharp looks for these by name; the loader hands it the ones that are already there.
        NativeLibrary.Load(native);
        if (NativeLibrary.TryLoad(bridge, out _))
            return true;
        if (!OperatingSystem.IsLinux())
            throw new DllNotFoundException($"'{bridge}' was found but could not be loaded.");

        NativeLibrary.Load(Path.Combine(Path.GetDirectoryName(native)!, FileName("torch")));
        NativeLibrary.Load(ElfSymbolVersions.WriteCopyWithWeakVersion(bridge, "GLIBCXX_3.4.32"));
        return true;
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    private static string? Find(string file)
    {
        var folders = new List<string> { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native") };
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string search)
            folders.AddRange(search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static DllNotFoundException Missing()
    {
        string package = OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";
        return new DllNotFoundException(
            $"Training needs libtorch's native library, which the application chooses: add <PackageReference Include=\"{package}\" Version=\"2.10.0\" /> to its project.");
    }
}
