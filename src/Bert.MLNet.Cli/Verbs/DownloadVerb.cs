using System.CommandLine;
using Bert.MLNet.Cli.Messages;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>download</c>: downloads a checkpoint from the HuggingFace hub to its cache.</summary>
internal static class DownloadVerb
{
    public static Command Create(ToolStreams streams)
    {
        var name = new Argument<string>("name")
        {
            Description = "The name of the model on the hub, such as sentence-transformers/all-MiniLM-L6-v2.",
        };
        var revision = new Option<string>("--revision") { Description = "A branch, a tag or a commit.", DefaultValueFactory = _ => "main" };
        var cache = new Option<string?>("--cache-dir")
        {
            Description = "The cache folder. Default: the one that HuggingFace's libraries use.",
        };
        var offline = new Option<bool>("--offline") { Description = "Use only the cache, not the network." };
        var command = new Command(
            "download", "Downloads a checkpoint from the HuggingFace hub to the cache and prints its folder. HF_TOKEN, HF_ENDPOINT, " +
            "HF_HUB_CACHE and HF_HOME apply.")
        {
            name, revision, cache, offline,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            using var progress = new DownloadReports(arguments, streams);
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
