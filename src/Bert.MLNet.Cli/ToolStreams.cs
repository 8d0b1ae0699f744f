using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli;

/// <summary>What a run of the tool reads from and writes to where no file is named.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output: results alone.</param>
/// <param name="Error">Standard error: messages and progress.</param>
/// <param name="IsTerminal">Whether somebody reads <paramref name="Error"/> on a terminal.</param>
internal sealed record ToolStreams(Stream In, Stream Out, TextWriter Error, bool IsTerminal = false)
{
    /// <summary>The options that say how much is told, and in which form.</summary>
    public MessageOptions Messages { get; } = new();

    /// <summary>Says one sentence on standard error.</summary>
    public void Tell(ParseResult arguments, string text)
    {
        if (Messages.IsJson(arguments))
            Error.WriteLine(new JsonObject { ["event"] = "message", ["text"] = text }.ToJsonString());
        else if (!Messages.IsQuiet(arguments))
            Error.WriteLine(PrintableText.Of(text));
    }

    /// <summary>Says what went wrong, whoever wants quiet.</summary>
    public async Task TellErrorAsync(ParseResult arguments, string text, int exitCode) =>
        await Error.WriteLineAsync(Messages.IsJson(arguments) ? new JsonObject { ["event"] = "error", ["text"] = text, ["exit_code"] = exitCode }.ToJsonString() : PrintableText.OfLines(text));
}
