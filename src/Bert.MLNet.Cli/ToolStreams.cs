using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli;

/// <summary>The standard streams of a run of the tool.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output, for results only.</param>
/// <param name="Error">Standard error, for messages and progress.</param>
/// <param name="IsTerminal">Whether <paramref name="Error"/> is a terminal.</param>
internal sealed record ToolStreams(Stream In, Stream Out, TextWriter Error, bool IsTerminal = false)
{
    /// <summary>The clock of searches.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Returns the value of an environment variable, or null if it is not set.</summary>
    public Func<string, string?> Variables { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The options for the amount and the format of messages.</summary>
    public MessageOptions Messages { get; } = new();

    /// <summary>Prints a message to standard error.</summary>
    public void Tell(ParseResult arguments, string text)
    {
        if (Messages.IsJson(arguments))
            Error.WriteLine(new JsonObject { ["event"] = "message", ["text"] = text }.ToJsonString());
        else if (!Messages.IsQuiet(arguments))
            Error.WriteLine(PrintableText.Of(text));
    }

    /// <summary>Prints an error, even with <c>--quiet</c>.</summary>
    public async Task TellErrorAsync(ParseResult arguments, string text, int exitCode) =>
        await Error.WriteLineAsync(Messages.IsJson(arguments)
            ? new JsonObject { ["event"] = "error", ["text"] = text, ["exit_code"] = exitCode }.ToJsonString()
            : PrintableText.OfLines(text));
}
