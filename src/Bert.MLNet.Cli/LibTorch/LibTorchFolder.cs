using Bert.MLNet.Training;

namespace Bert.MLNet.Cli.LibTorch;

/// <summary>The folder in which <c>download libtorch</c> leaves the native library that training needs.</summary>
internal static class LibTorchFolder
{
    /// <summary>The folder of the current user; null if the system names no folder for data of programs.</summary>
    public static string? Default =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is
            { Length: > 0 } data
            ? Path.Combine(data, "bert-mlnet", $"libtorch-{TorchRuntime.LibTorchVersion}-{TorchRuntime.Rid}")
            : null;

    /// <summary>Lets this process find a downloaded library, unless the user names another one.</summary>
    public static void Use()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TorchRuntime.FolderVariable)) && Directory.Exists(Default))
            Environment.SetEnvironmentVariable(TorchRuntime.FolderVariable, Default);
    }
}
