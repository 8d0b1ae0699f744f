using System.CommandLine;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.Training;

/// <summary>The command line that reproduces a run.</summary>
internal static partial class CommandLine
{
    /// <summary>The command line, quoted for a POSIX shell.</summary>
    public static string Of(ParseResult arguments) =>
        string.Join(' ', ["bert-mlnet", .. arguments.Tokens.Select(token => Quote(token.Value))]);

    private static string Quote(string value) =>
        Plain().IsMatch(value) ? value : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:=@%+,-]+$")]
    private static partial Regex Plain();
}
