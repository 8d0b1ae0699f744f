using System.Text.RegularExpressions;

namespace Bert.MLNet.Evaluation;

/// <summary>Splits a text into the tokens that ROUGE compares, as rouge_score does: ASCII letters and digits in lower case.</summary>
internal static partial class RougeTokens
{
    private const int LongestUnstemmed = 3;

    /// <param name="text">The text.</param>
    /// <param name="stem">Whether words of more than three letters are reduced to their stems.</param>
    public static string[] Of(string text, bool stem)
    {
        string lower = PythonText.Lower(text);
        var tokens = new List<string>();
        foreach (ValueMatch match in Word().EnumerateMatches(lower))
        {
            string word = lower.Substring(match.Index, match.Length);
            tokens.Add(stem && word.Length > LongestUnstemmed ? PorterStemmer.Stem(word) : word);
        }
        return [.. tokens];
    }

    /// <summary>The tokens of each line that is not empty.</summary>
    public static string[][] Lines(string text, bool stem) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Of(line, stem))];

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
