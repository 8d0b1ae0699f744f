using System.Text.RegularExpressions;

namespace Bert.MLNet.Persistence;

/// <summary>
/// Makes untrusted text safe for messages: it cannot control a terminal, add lines, or change the direction of the following text.
/// </summary>
internal static partial class PrintableText
{
    private const string Replacement = "\uFFFD";

    /// <summary>The text on one line.</summary>
    public static string Of(string text) => Control().Replace(Space().Replace(text, " "), Replacement);

    /// <summary>The text, including its line feeds.</summary>
    public static string OfLines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    [GeneratedRegex(@"[\t\r\n\v\f\u0085\u2028\u2029]+")]
    private static partial Regex Space();

    // In addition to control characters: those that embed, override and isolate a direction.
    [GeneratedRegex(@"[\p{Cc}\u202A-\u202E\u2066-\u2069]")]
    private static partial Regex Control();
}
