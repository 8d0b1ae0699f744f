using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli;

/// <summary>What a user reads of an error: one line, without what only its programmer knows.</summary>
internal static partial class ErrorText
{
    public static string Of(Exception error) => OneLine(Parameter().Replace(error.Message, ""));

    public static string OneLine(string message) => Space().Replace(message, " ").Trim();

    [GeneratedRegex(@" \(Parameter '[^']*'\)(\s+Actual value was .*)?$", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
