using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Bert.MLNet.Training;

/// <summary>
/// Loads a native library from bytes in memory. The system can only load files, so the bytes are written to a file that nobody but
/// the user can write: one that is kept in a folder of the user or, if there is none, one in a new folder that is deleted
/// afterwards. Linux only.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class NativeImage
{
    /// <summary>Loads the library.</summary>
    /// <param name="image">The bytes of its file.</param>
    /// <param name="name">The name of the library, without an extension.</param>
    /// <exception cref="DllNotFoundException">The system refuses to load it.</exception>
    /// <exception cref="IOException">There is no folder for the file.</exception>
    public static nint Load(byte[] image, string name) =>
        Load(
            image,
            name,
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
            file => NativeLibrary.TryLoad(file, out nint library) ? library : 0);

    /// <summary>Loads the library with the given function.</summary>
    /// <param name="image">The bytes of its file.</param>
    /// <param name="name">The name of the library, without an extension.</param>
    /// <param name="dataFolder">The folder below which the file is kept for later use; empty for none.</param>
    /// <param name="load">Loads a file. Returns 0 if the system refuses to.</param>
    internal static nint Load(byte[] image, string name, string dataFolder, Func<string, nint> load)
    {
        string file = $"{name}-{Convert.ToHexStringLower(SHA256.HashData(image))[..16]}.so";
        if (Keep(image, file, dataFolder) is { } kept && load(kept) is var library and not 0)
            return library;

        DirectoryInfo folder = Directory.CreateTempSubdirectory("Bert.MLNet."); // with a random name, accessible only to this user
        try
        {
            string passing = Path.Combine(folder.FullName, file);
            Write(image, passing);
            return load(passing) is var loaded and not 0 ? loaded : throw new DllNotFoundException(
                $"'{passing}', a copy of '{name}', could not be loaded. " +
                $"If '{Path.GetTempPath()}' does not allow code to run, set TMPDIR to a folder that does.");
        }
        finally
        {
            folder.Delete(recursive: true); // the loaded library stays in memory
        }
    }

    /// <summary>
    /// Writes the bytes to a file in a private folder of the user and returns its path. Returns null if that folder does not exist and it
    /// cannot be created.
    /// </summary>
    private static string? Keep(byte[] image, string file, string dataFolder)
    {
        if (!Path.IsPathFullyQualified(dataFolder))
            return null;
        try
        {
            string folder = Path.Combine(dataFolder, "Bert.MLNet", "native");
            if (!PrivateFolder.TryCreate(folder))
                return null;
            string kept = Path.Combine(folder, file);
            if (!PrivateFolder.HasOwnFile(kept) || !File.ReadAllBytes(kept).AsSpan().SequenceEqual(image))
                Replace(image, kept);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static void Replace(byte[] image, string file)
    {
        string beside = $"{file}.{Path.GetRandomFileName()}";
        try
        {
            Write(image, beside);
            File.Move(beside, file, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void Write(byte[] image, string file)
    {
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(image);
    }
}
