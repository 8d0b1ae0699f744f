using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO.Hashing;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Bulk;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Identifies a run by everything that affects its lines: the library, the verb, its options by name, and the model and data set by their
/// content.
/// </summary>
internal static class RunIdentity
{
    /// <summary>Options that do not affect the lines, or whose files are compared by content.</summary>
    private static readonly HashSet<string> s_left =
        ["--resume", "--shard", "--shards", "--output", "--dataset", "--model", "--quiet", "--json", "--verbose", "--verbosity"];

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The identity as JSON, which the parts of a data set share: equal texts mean equal runs.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="modelHash">A hash that is equal for models with equal answers.</param>
    public static JsonObject Of(ParseResult arguments, Dataset dataset, string modelHash)
    {
        var options = new JsonObject();
        foreach (OptionResult option in Given(arguments).OrderBy(option => option.Option.Name, StringComparer.Ordinal))
            options[option.Option.Name] = new JsonArray([.. option.Tokens.Select(token => JsonValue.Create(token.Value))]);
        return new JsonObject
        {
            ["library"] = typeof(BertModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            ["verb"] = arguments.CommandResult.Command.Name,
            ["options"] = options,
            ["model"] = modelHash,
            ["dataset"] = DatasetIdentity.Of(dataset),
        };
    }

    /// <summary>The identity of a run that answers some blocks, as text.</summary>
    /// <param name="run">The identity of the run.</param>
    /// <param name="input">The identity of the blocks.</param>
    public static string TextOf(JsonObject run, JsonObject input) =>
        new JsonObject { ["run"] = run.DeepClone(), ["input"] = input.DeepClone() }.ToJsonString(s_indented);

    /// <summary>Computes a hash of a file's content.</summary>
    public static string HashOf(string file)
    {
        var hash = new XxHash128();
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static IEnumerable<OptionResult> Given(ParseResult arguments)
    {
        for (SymbolResult? result = arguments.CommandResult; result is CommandResult command; result = result.Parent)
        {
            foreach (OptionResult option in command.Children.OfType<OptionResult>())
            {
                if (!option.Implicit && !s_left.Contains(option.Option.Name))
                    yield return option;
            }
        }
    }
}
