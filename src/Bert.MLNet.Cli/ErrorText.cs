using System.Text.RegularExpressions;
using Bert.MLNet.Training;

namespace Bert.MLNet.Cli;

/// <summary>Formats an error for users: one line, without details for programmers.</summary>
internal static partial class ErrorText
{
    public static string Of(Exception error) =>
        OneLine(error is MissingTorchException missing ? LibTorchNeeded(missing) : Parameter().Replace(error.Message, ""));

    /// <summary>What a user of the tool, who has no project to add a package to, can do if libtorch is missing.</summary>
    private static string LibTorchNeeded(MissingTorchException missing) =>
        $"Training a checkpoint needs libtorch {TorchRuntime.LibTorchVersion}, which is not part of this tool. Run 'bert-mlnet download " +
        $"libtorch', or set the environment variable {TorchRuntime.FolderVariable} to a folder that contains it: " +
        $"runtimes/{missing.Rid}/native of the NuGet package libtorch-cpu-{missing.Rid}, or PyTorch's libtorch. {missing.Named}" +
        "text-classification and sentence-similarity can also train without libtorch: add --method embed.";

    public static string OneLine(string message) => Space().Replace(message, " ").Trim();

    [GeneratedRegex(@" \(Parameter '[^']*'\)(\s+Actual value was .*)?$", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
