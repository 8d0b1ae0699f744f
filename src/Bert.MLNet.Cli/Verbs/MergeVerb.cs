using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>merge</c>: joins the parts that runs with <c>--shard</c> wrote.</summary>
internal static class MergeVerb
{
    public static Command Create(ToolStreams streams)
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write; '-' is standard output. The file is replaced only when it is complete.",
            Required = true,
        };
        var parts = new Option<string?>("--parts")
        {
            Description = "The --output of the runs with --shard: vectors.jsonl for vectors-00001-of-00008.jsonl and so on. Default: " +
                "--output.",
        };
        var shards = new Option<int?>("--shards") { Description = "The number of parts. Default: the number in their names." };
        CommonOptions.Require(shards, value => value is null or >= 1, "at least 1");
        var command = new Command(
            "merge", "Joins the parts that runs with --shard wrote, after it has verified that all are there, complete, and of the same " +
            "model, options and data set.") { output, parts, shards };
        command.SetAction((arguments, cancellation) =>
        {
            string path = arguments.GetRequiredValue(output);
            string source = arguments.GetValue(parts) ?? path;
            if (source == LineFile.Pipe)
                throw new UsageException("--output - needs --parts.");
            if (path != LineFile.Pipe && !SameFormat(path, source))
                throw new UsageException(
                    $"'{path}' has another format than the parts of '{source}'. Give both the same extension.");
            PartSet set = PartSet.Find(source, arguments.GetValue(shards), cancellation);
            Overwriting.Refuse(path, [.. set.Parts.Select(part => part.Path)]);
            using (OutputFile file = OutputFile.Create(path, streams))
            {
                JoinedParts.Write(set, file.Stream, cancellation);
                file.Commit();
            }
            streams.Tell(arguments, string.Create(
                CultureInfo.InvariantCulture, $"Joined {set.Parts.Count} parts with {set.Rows} lines."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static bool SameFormat(string one, string other) => FormatOf(one) == FormatOf(other);

    private static string FormatOf(string path) => ResultTable.IsFor(path) ? Path.GetExtension(path).ToUpperInvariant() : "";
}
