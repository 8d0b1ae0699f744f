using System.CommandLine;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>to-static</c>: converts a checkpoint to static embeddings.</summary>
internal static class ToStaticVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var output = new Option<string>("--output", "-o")
        {
            Description = "The folder to write. It is written atomically; an existing checkpoint is replaced.",
            Required = true,
        };
        var dimension = new Option<int>("--dimension")
        {
            Description = "The number of values of a vector: the principal components to keep.",
            DefaultValueFactory = _ => new BertStaticOptions().Dimension!.Value,
        };
        CommonOptions.Require(dimension, value => value >= 1, "at least 1");
        var precision = new Option<BertStaticPrecision>("--precision")
        {
            Description = "The numbers in the table.",
            DefaultValueFactory = _ => new BertStaticOptions().Precision,
        };
        var command = new Command(
            "to-static", "Converts a checkpoint to static embeddings: a table with one vector per token, hundreds of times as fast as " +
            "the network and less accurate, for embed, similarity and search.") { model, output, dimension, precision };
        command.SetAction(async (arguments, cancellation) =>
        {
            string folder = arguments.GetRequiredValue(output);
            Overwriting.Refuse(folder, arguments.GetRequiredValue(model));
            BertModel bert = await Checkpoint.OpenAsync(arguments.GetRequiredValue(model), cancellation);
            BertModel table = bert.ToStatic(new()
            {
                Dimension = arguments.GetValue(dimension),
                Precision = arguments.GetValue(precision),
            });
            table.SavePretrained(folder);
            streams.Tell(arguments, $"Wrote the static embeddings of '{bert.Name}' to '{folder}'.");
            return ExitCode.Success;
        });
        return command;
    }
}
