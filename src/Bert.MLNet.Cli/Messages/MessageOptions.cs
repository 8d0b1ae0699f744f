using System.CommandLine;

namespace Bert.MLNet.Cli.Messages;

/// <summary>The options of all verbs for the amount and the format of messages.</summary>
internal sealed class MessageOptions
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show where an error originated.", Recursive = true };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print only errors.", Recursive = true };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print progress, messages and errors as JSON lines on standard error, and the result of training as a JSON line on " +
            "standard output.",
        Recursive = true,
    };

    private readonly Option<string?> _verbosity = new("--verbosity", "-v")
    {
        Description = "As in the mlnet CLI: q[uiet] for --quiet, m[inimal], diag[nostic] for --verbose.",
        Recursive = true,
    };

    public MessageOptions() => _verbosity.AcceptOnlyFromAmong("q", "quiet", "m", "minimal", "diag", "diagnostic");

    public void AddTo(Command root)
    {
        foreach (Option option in new Option[] { _verbose, _quiet, _verbosity, _json })
            root.Options.Add(option);
    }

    public bool IsVerbose(ParseResult arguments) =>
        arguments.GetValue(_verbose) || arguments.GetValue(_verbosity) is "diag" or "diagnostic";

    public bool IsQuiet(ParseResult arguments) => arguments.GetValue(_quiet) || arguments.GetValue(_verbosity) is "q" or "quiet";

    public bool IsJson(ParseResult arguments) => arguments.GetValue(_json);
}
