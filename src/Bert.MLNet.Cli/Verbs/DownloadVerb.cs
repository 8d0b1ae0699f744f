using System.CommandLine;
using System.Globalization;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>download</c>: a checkpoint from the HuggingFace hub into its cache.</summary>
internal static class DownloadVerb
{
    public static Command Create(ToolStreams streams)
    {
        var name = new Argument<string>("name") { Description = "The model's name on the hub, such as sentence-transformers/all-MiniLM-L6-v2." };
        var revision = new Option<string>("--revision") { Description = "A branch, a tag or a commit.", DefaultValueFactory = _ => "main" };
        var cache = new Option<string?>("--cache-dir") { Description = "The cache. Default: that of HuggingFace's libraries." };
        var offline = new Option<bool>("--offline") { Description = "Use no network, only what the cache has." };
        var quiet = new Option<bool>("--quiet") { Description = "Tell no progress." };
        var command = new Command("download", "Brings a checkpoint from the HuggingFace hub into the cache and prints its folder. HF_TOKEN, HF_ENDPOINT, HF_HUB_CACHE and HF_HOME are honoured.")
        {
            name, revision, cache, offline, quiet,
        };
        command.SetAction(async (arguments, cancellation) =>
        {
            var options = new BertHubOptions
            {
                Revision = arguments.GetRequiredValue(revision),
                CacheFolder = arguments.GetValue(cache),
                LocalFilesOnly = arguments.GetValue(offline),
                Progress = arguments.GetValue(quiet) ? null : new Lines(streams.Error),
            };
            string folder = await BertHub.DownloadAsync(arguments.GetRequiredValue(name), options, cancellation);
            await arguments.InvocationConfiguration.Output.WriteLineAsync(folder);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>A line for each tenth of a file.</summary>
    private sealed class Lines(TextWriter writer) : IProgress<BertDownloadProgress>
    {
        private readonly Dictionary<string, long> _told = [];

        public void Report(BertDownloadProgress value)
        {
            long tenth = value.BytesTotal == 0 ? 10 : value.BytesDone * 10 / value.BytesTotal;
            if (_told.TryGetValue(value.File, out long told) && told >= tenth)
                return;
            _told[value.File] = tenth;
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.File}: {tenth * 10} % of {value.BytesTotal / 1e6:F1} MB"));
        }
    }
}
