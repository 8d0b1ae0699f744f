using System.Text.RegularExpressions;

namespace Bert.MLNet.Tasks;

/// <summary>
/// The words of an answer that SQuAD's scripts compare. They are in lower case, without ASCII punctuation and the articles a, an, the.
/// </summary>
internal static partial class AnswerWords
{
    private static readonly string s_punctuation =
        new([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => !char.IsAsciiLetterOrDigit(c))]);

    public static string[] Of(ReadOnlySpan<char> answer)
    {
        char[] kept = new char[answer.Length];
        int length = 0;
        foreach (char c in answer)
        {
            if (!s_punctuation.Contains(c))
                kept[length++] = char.ToLowerInvariant(c);
        }
        return Article().Replace(new string(kept, 0, length), " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // Word boundaries are those of Python, where a combining mark is not part of a word.
    [GeneratedRegex(@"(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])")]
    private static partial Regex Article();
}
