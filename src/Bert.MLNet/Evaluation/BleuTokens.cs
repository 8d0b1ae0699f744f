using System.Text.RegularExpressions;

namespace Bert.MLNet.Evaluation;

/// <summary>Splits a text into the tokens that BLEU compares, as sacreBLEU does.</summary>
internal static partial class BleuTokens
{
    public static List<string> Of(string text, BleuOptions options)
    {
        string line = PythonText.TrimEnd(options.Lowercase ? PythonText.Lower(text) : text);
        return options.Tokenization switch
        {
            BleuTokenization.None => PythonText.Words(line),
            BleuTokenization.Characters => Characters(line),
            _ => PythonText.Words(Split13A(line)),
        };
    }

    /// <summary>The name of a tokenization in sacreBLEU's signature.</summary>
    public static string Name(BleuTokenization tokenization) => tokenization switch
    {
        BleuTokenization.None => "none",
        BleuTokenization.Characters => "char",
        _ => "13a",
    };

    // The rules of NIST's mteval-v13a: symbols are tokens; points and commas are unless they stand between digits, and hyphens are after
    // digits.
    private static string Split13A(string line)
    {
        line = line.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        line = line.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Symbol().Replace($" {line} ", " $0 ");
        line = PointAfterOther().Replace(line, "$1 $2 ");
        line = PointBeforeOther().Replace(line, " $1 $2");
        return HyphenAfterDigit().Replace(line, "$1 $2 ");
    }

    private static List<string> Characters(string line) =>
        [.. line.EnumerateRunes().Select(rune => rune.ToString()).SelectMany(PythonText.Words)];

    [GeneratedRegex(@"[{-~\[-` -&(-+:-@/]")]
    private static partial Regex Symbol();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex PointAfterOther();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex PointBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex HyphenAfterDigit();
}
