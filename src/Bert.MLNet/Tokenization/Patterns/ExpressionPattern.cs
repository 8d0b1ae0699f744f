using System.Text.RegularExpressions;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Finds matches of a regular expression of the Oniguruma library, which HuggingFace's tokenizers use. The expression is not trusted, so
/// the time for one match is limited.
/// </summary>
internal sealed class ExpressionPattern : TextPattern
{
    private static readonly TimeSpan s_longestMatch = TimeSpan.FromSeconds(10);

    private readonly string _expression, _file;
    private readonly TimeSpan _longest;
    private readonly Regex _basic;         // for text of the basic plane, which is most text
    private readonly Lazy<Regex> _general;

    /// <param name="expression">The expression.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="longest">The maximum time for one match. Default: 10 seconds.</param>
    /// <exception cref="NotSupportedException">The expression contains a construct that is not supported; the message names it.</exception>
    public ExpressionPattern(string expression, string file, TimeSpan? longest = null)
    {
        (_expression, _file, _longest) = (expression, file, longest ?? s_longestMatch);
        _basic = Create(ExpressionTranslator.Translate(expression, file, withSurrogates: false));
        string general = ExpressionTranslator.Translate(expression, file, withSurrogates: true);
        _general = new Lazy<Regex>(() => Create(general), LazyThreadSafetyMode.PublicationOnly);
    }

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        Regex regex = text.ContainsAnyInRange('\uD800', '\uDFFF') ? _general.Value : _basic;
        try
        {
            // An empty match within a surrogate pair is none.
            for (; from <= text.Length; from++)
            {
                Regex.ValueMatchEnumerator matches = regex.EnumerateMatches(text, from);
                if (!matches.MoveNext())
                    break;
                (start, end) = (matches.Current.Index, matches.Current.Index + matches.Current.Length);
                if (start == 0 || start == text.Length || !char.IsSurrogatePair(text[start - 1], text[start]))
                    return true;
                from = start;
            }
            start = end = text.Length;
            return false;
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new InvalidDataException(
                $"The expression '{PrintableText.Of(_expression)}' in '{_file}' takes more than {_longest.TotalSeconds} seconds for " +
                "a text. Use a checkpoint with a different tokenizer, or shorter texts.", exception);
        }
    }

    // RegexOptions.NonBacktracking would take linear time, but in .NET 10 it misses matches: " ?[a-z]+" does not find the x in "a (x)".
    private Regex Create(string pattern) => new(pattern, RegexOptions.CultureInvariant, _longest);
}
