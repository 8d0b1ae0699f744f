using System.CommandLine;

namespace Bert.MLNet.Cli.Messages;

/// <summary>The options of all verbs that say how much is told, and in which form.</summary>
internal sealed class MessageOptions
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show where an error comes from.", Recursive = true };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Tell nothing but errors.", Recursive = true };

    private readonly Option<bool> _json = new("--json") { Description = "Tell progress, messages and errors as JSON lines on standard error, and what a training made as one on standard output.", Recursive = true };

    public void AddTo(Command root)
    {
        foreach (Option option in new Option[] { _verbose, _quiet, _json })
            root.Options.Add(option);
    }

    public bool IsVerbose(ParseResult arguments) => arguments.GetValue(_verbose);

    public bool IsQuiet(ParseResult arguments) => arguments.GetValue(_quiet);

    public bool IsJson(ParseResult arguments) => arguments.GetValue(_json);
}
