using System.Buffers;
using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Finds added tokens in a text. The leftmost match is used, and the longest of several at the same position; matches never overlap.
/// Follows <c>AddedVocabulary</c> of HuggingFace's tokenizers. Immutable and thread-safe.
/// </summary>
internal sealed class AddedTokenFinder
{
    private static readonly CodePointTable s_word =
        new(UnicodeSets.RustWord.Ranges.Select(range => (range.First, range.Last, (byte)1)));

    private readonly AddedToken[] _tokens;
    private readonly string[] _contents;
    private readonly SearchValues<char> _firstCharacters;

    private readonly bool _splitSpecialTokens;

    /// <param name="tokens">The tokens to find, each with the text that represents it.</param>
    /// <param name="splitSpecialTokens">Whether to skip matches of special tokens.</param>
    public AddedTokenFinder(IEnumerable<(string Content, AddedToken Token)> tokens, bool splitSpecialTokens)
    {
        _splitSpecialTokens = splitSpecialTokens;
        // Of tokens with the same normalized form, special tokens come first.
        (string Content, AddedToken Token)[] longestFirst =
            [.. tokens.Where(t => t.Content.Length > 0).OrderByDescending(t => t.Content.Length).ThenByDescending(t => t.Token.Special)];
        _contents = [.. longestFirst.Select(t => t.Content)];
        _tokens = [.. longestFirst.Select(t => t.Token)];
        _firstCharacters = SearchValues.Create([.. _contents.Select(c => c[0]).Distinct()]);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scan">The position to search from. On return, the position to continue from.</param>
    /// <param name="floor">The end of the previous token. White space before this position is not included.</param>
    /// <param name="start">The start of the token, including the white space that it absorbs.</param>
    /// <param name="end">The end of the token, including the white space that it absorbs.</param>
    /// <returns>The token, or null if there are no more.</returns>
    public AddedToken? Next(ReadOnlySpan<char> text, ref int scan, int floor, out int start, out int end)
    {
        while (true)
        {
            int skip = text[scan..].IndexOfAny(_firstCharacters);
            if (skip < 0)
            {
                scan = start = end = text.Length;
                return null;
            }
            start = scan + skip;
            int found = LongestAt(text[start..]);
            if (found < 0)
            {
                scan = start + 1;
                continue;
            }
            AddedToken token = _tokens[found];
            scan = end = start + _contents[found].Length;
            if (_splitSpecialTokens && token.Special)
                continue;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            if (token.LStrip)
                start = Math.Max(floor, TrimmedEnd(text[..start]));
            if (token.RStrip)
                end += LeadingSpace(text[end..]);
            // A token is empty if it lies entirely in the white space that the previous token absorbed.
            if (start < end)
                return token;
        }
    }

    private int LongestAt(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < _contents.Length; i++)
        {
            if (text.StartsWith(_contents[i], StringComparison.Ordinal))
                return i;
        }
        return -1;
    }

    private static int TrimmedEnd(ReadOnlySpan<char> text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return end;
    }

    private static int LeadingSpace(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && IsSpace(text[length]))
            length++;
        return length;
    }

    // All white space is in the basic plane.
    private static bool IsSpace(char c) => !char.IsSurrogate(c) && (UnicodeTables.Kinds(c) & CharacterKinds.Whitespace) != 0;

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => s_word[rune.Value] != 0;
}
