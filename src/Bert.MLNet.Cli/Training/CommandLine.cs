using System.CommandLine;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.Training;

/// <summary>The command line of a run, to be run again.</summary>
internal static partial class CommandLine
{
    /// <summary>What was typed, quoted as a POSIX shell needs it.</summary>
    public static string Of(ParseResult arguments) => string.Join(' ', ["bert-mlnet", .. arguments.Tokens.Select(token => Quote(token.Value))]);

    private static string Quote(string value) => Plain().IsMatch(value) ? value : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:=@%+,-]+$")]
    private static partial Regex Plain();
}
