using System.Text.RegularExpressions;

namespace Bert.MLNet.Persistence;

/// <summary>
/// Text of servers and files as messages may quote it: it cannot command a terminal, add lines, or turn the direction of what follows.
/// </summary>
internal static partial class PrintableText
{
    private const string Replacement = "\uFFFD";

    /// <summary>The text on one line.</summary>
    public static string Of(string text) => Control().Replace(Space().Replace(text, " "), Replacement);

    /// <summary>The text with its line feeds.</summary>
    public static string OfLines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    [GeneratedRegex(@"[\t\r\n\v\f\u0085\u2028\u2029]+")]
    private static partial Regex Space();

    // Besides control characters: those that embed, override and isolate a direction.
    [GeneratedRegex(@"[\p{Cc}\u202A-\u202E\u2066-\u2069]")]
    private static partial Regex Control();
}
