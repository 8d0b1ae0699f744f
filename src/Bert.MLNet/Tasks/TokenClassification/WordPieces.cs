namespace Bert.MLNet.Tasks;

/// <summary>Assigns tokens to the words of which they are pieces.</summary>
internal static class WordPieces
{
    /// <summary>
    /// Returns the tokens of a text in order, each with the number of its word. A token is taken from the window with the most text
    /// around it. A token of the space before a word belongs to it. Other tokens outside of words are skipped. A word can have no pieces.
    /// </summary>
    public static IEnumerable<(TokenWindow<TKept> Window, int Token, int Word)> Of<TKept>(
        TokenWindow<TKept>[] windows, int stride, IReadOnlyList<(int Start, int End)> words)
        where TKept : class
    {
        int word = 0;
        foreach ((TokenWindow<TKept> window, int token) in TextWindows.Tokens(windows, stride))
        {
            (int start, int end) = window.Encoding.Offsets[token];
            while (word < words.Count && words[word].End <= start)
                word++;
            if (word < words.Count && words[word].Start <= end)
                yield return (window, token, word);
        }
    }
}
