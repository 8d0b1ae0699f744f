using System.CommandLine;
using Bert.MLNet.Cli.LibTorch;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Training;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>download</c>: downloads a checkpoint from the HuggingFace hub to its cache, or libtorch from NuGet.</summary>
internal static class DownloadVerb
{
    private const string LibTorch = "libtorch";

    public static Command Create(ToolStreams streams)
    {
        var name = new Argument<string>("name")
        {
            Description = $"The name of the model on the hub, such as sentence-transformers/all-MiniLM-L6-v2, or {LibTorch}: the native " +
                "library that training needs.",
        };
        var revision = new Option<string>("--revision") { Description = "A branch, a tag or a commit.", DefaultValueFactory = _ => "main" };
        var cache = new Option<string?>("--cache-dir")
        {
            Description = $"The cache folder. Default: the one that HuggingFace's libraries use. For {LibTorch}: the folder of the " +
                "library; the default is one in which this tool finds it.",
        };
        var offline = new Option<bool>("--offline") { Description = "Use only the cache, not the network." };
        var source = new Option<string>("--nuget-source")
        {
            Description = $"For {LibTorch}: the packages of a NuGet feed (its PackageBaseAddress).",
            DefaultValueFactory = _ => LibTorchDownload.NuGet,
        };
        source.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
                result.AddError("--nuget-source must be an address that begins with https://.");
        });
        var command = new Command(
            "download", "Downloads a checkpoint from the HuggingFace hub to the cache and prints its folder. HF_TOKEN, HF_ENDPOINT, " +
            "HF_HUB_CACHE and HF_HOME apply.")
        {
            name, revision, cache, offline, source,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            using var progress = new DownloadReports(arguments, streams);
            if (arguments.GetRequiredValue(name) == LibTorch)
            {
                string libraries = Path.GetFullPath(arguments.GetValue(cache) ?? LibTorchFolder.Default
                    ?? throw new UsageException("This system names no folder for the data of programs. Specify one with --cache-dir."));
                await new LibTorchDownload(arguments.GetRequiredValue(source), progress).RunAsync(libraries, cancellation);
                if (arguments.GetValue(cache) is not null)
                    streams.Tell(arguments, $"Set the environment variable {TorchRuntime.FolderVariable} to this folder.");
                await arguments.InvocationConfiguration.Output.WriteLineAsync(libraries);
                return ExitCode.Success;
            }
            var options = new BertHubOptions
            {
                Revision = arguments.GetRequiredValue(revision),
                CacheFolder = arguments.GetValue(cache),
                LocalFilesOnly = arguments.GetValue(offline),
                Progress = progress,
            };
            string folder = await BertHub.DownloadAsync(arguments.GetRequiredValue(name), options, cancellation);
            await arguments.InvocationConfiguration.Output.WriteLineAsync(folder);
            return ExitCode.Success;
        });
        return command;
    }
}
