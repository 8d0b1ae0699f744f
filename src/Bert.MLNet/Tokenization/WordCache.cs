namespace Bert.MLNet.Tokenization;

/// <summary>
/// Remembers the tokens of short words of a text that were found first, in a table of limited size. Few words make up most of a text, and
/// what is in the table stays there, so that it creates no garbage. Thread-safe.
/// </summary>
internal sealed class WordCache
{
    private const int Bits = 13;

    private readonly CachedWord?[] _words = new CachedWord?[1 << Bits];

    /// <summary>Finds a word; null if it is not remembered.</summary>
    public CachedWord? Find(in WordKey key)
    {
        CachedWord?[] words = _words;
        int place = key.Hash >> (31 - Bits);
        return words[place] is { } first && first.Key.Equals(key) ? first
            : words[place ^ 1] is { } second && second.Key.Equals(key) ? second
            : null;
    }

    /// <summary>Remembers a word, unless its place in the table is taken or it has too many tokens.</summary>
    /// <param name="key">The word.</param>
    /// <param name="tokens">Its tokens, and the length of each in UTF-16 units.</param>
    public void Add(in WordKey key, ReadOnlySpan<(int Id, int Length)> tokens)
    {
        int place = key.Hash >> (31 - Bits);
        if (_words[place] is not null)
            place ^= 1;
        // An incomplete word is never visible to another thread.
        if (_words[place] is null && tokens.Length <= CachedWord.MostTokens)
            Volatile.Write(ref _words[place], new CachedWord(key, tokens));
    }
}
