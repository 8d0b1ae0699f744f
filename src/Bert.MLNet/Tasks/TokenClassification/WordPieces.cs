namespace Bert.MLNet.Tasks;

/// <summary>Which tokens are the pieces of which word.</summary>
internal static class WordPieces
{
    /// <summary>
    /// The tokens of a text in their order, each with the number of the word that it is a piece of, from the window that shows the most around
    /// it. Tokens outside of words are left out; a word may have no pieces.
    /// </summary>
    public static IEnumerable<(TokenWindow<TKept> Window, int Token, int Word)> Of<TKept>(TokenWindow<TKept>[] windows, int stride, IReadOnlyList<(int Start, int End)> words)
        where TKept : class
    {
        int word = 0;
        foreach ((TokenWindow<TKept> window, int token) in TextWindows.Tokens(windows, stride))
        {
            (int start, int end) = window.Encoding.Offsets[token];
            while (word < words.Count && words[word].End <= start)
                word++;
            if (word < words.Count && words[word].Start < end)
                yield return (window, token, word);
        }
    }
}
