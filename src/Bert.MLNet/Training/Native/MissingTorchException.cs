namespace Bert.MLNet.Training;

/// <summary>
/// Thrown if libtorch is missing for a training or for gradients. The message addresses the developer of the application; a program with
/// its own users can tell them what to do.
/// </summary>
/// <param name="rid">The runtime identifier, such as <c>linux-x64</c>.</param>
/// <param name="file">The file that is missing.</param>
/// <param name="namedFolder">The folder in <see cref="TorchRuntime.FolderVariable"/>; null if it is not set.</param>
internal sealed class MissingTorchException(string rid, string file, string? namedFolder) : DllNotFoundException(
    $"Training and integrated gradients need libtorch's native library, and this application has none for {rid}. " +
    $"Add <PackageReference Include=\"libtorch-cpu-{rid}\" Version=\"{TorchRuntime.LibTorchVersion}\" /> to its project, " +
    $"or set the environment variable {TorchRuntime.FolderVariable} to a folder that contains it: " +
    $"runtimes/{rid}/native of that package, or PyTorch's libtorch {TorchRuntime.LibTorchVersion}. " +
    $"{NotThere(file, namedFolder)}Prediction and occlusion do not need it.")
{
    /// <summary>The runtime identifier, such as <c>linux-x64</c>.</summary>
    public string Rid => rid;

    /// <summary>A sentence about the folder in the environment variable; empty if it is not set.</summary>
    public string Named => NotThere(file, namedFolder);

    private static string NotThere(string file, string? folder) =>
        folder is null ? "" : $"{TorchRuntime.FolderVariable} is '{folder}' now, and '{file}' is not there. ";
}
