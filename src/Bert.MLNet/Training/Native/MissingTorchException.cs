namespace Bert.MLNet.Training;

/// <summary>
/// There is no libtorch for a training. The message is for who writes an application; a program with users of its own tells these what they
/// can do.
/// </summary>
/// <param name="rid">The system, such as <c>linux-x64</c>.</param>
/// <param name="file">The file that is missing.</param>
/// <param name="namedFolder">The folder that <see cref="TorchRuntime.FolderVariable"/> names; null for none.</param>
internal sealed class MissingTorchException(string rid, string file, string? namedFolder) : DllNotFoundException(
    $"Training needs libtorch's native library, and this application has none for {rid}. " +
    $"Add <PackageReference Include=\"libtorch-cpu-{rid}\" Version=\"{TorchRuntime.LibTorchVersion}\" /> to its project, or set the environment variable {TorchRuntime.FolderVariable} to a folder that has it: " +
    $"runtimes/{rid}/native of that package, or PyTorch's libtorch {TorchRuntime.LibTorchVersion}. {NotThere(file, namedFolder)}Prediction does not need it.")
{
    /// <summary>The system, such as <c>linux-x64</c>.</summary>
    public string Rid => rid;

    /// <summary>A sentence about the folder that was named; empty where none was.</summary>
    public string Named => NotThere(file, namedFolder);

    private static string NotThere(string file, string? folder) => folder is null ? "" : $"{TorchRuntime.FolderVariable} is '{folder}' now, and '{file}' is not there. ";
}
