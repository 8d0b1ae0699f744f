namespace Bert.MLNet.Tokenization;

/// <summary>
/// Stores the tokens of one text in pooled arrays. Offsets (UTF-16 units of the original text) and word numbers are stored only if
/// <see cref="Aligned"/> is true.
/// </summary>
internal struct TokenBuffer(int capacity, bool aligned) : IDisposable
{
    public PooledList<int> Ids = new(capacity);
    public PooledList<int> Starts = new(aligned ? capacity : 0);
    public PooledList<int> Ends = new(aligned ? capacity : 0);
    public PooledList<int> Words = new(aligned ? capacity : 0);

    public bool Aligned { get; } = aligned;

    /// <summary>The text of tokens that differ from their entry in the vocabulary, by index; null if there are none.</summary>
    public Dictionary<int, string>? Surfaces { get; private set; }

    /// <summary>The number of words that have ended so far.</summary>
    public int WordCount { get; private set; }

    /// <summary>Appends a token of the current word.</summary>
    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        if (!Aligned)
            return;
        Starts.Add(start);
        Ends.Add(end);
        Words.Add(WordCount);
    }

    /// <summary>Appends an added token, which is a word by itself.</summary>
    public void AddWhole(AddedToken token, ReadOnlySpan<char> surface, int start, int end)
    {
        if (Aligned && !surface.SequenceEqual(token.Content))
            (Surfaces ??= [])[Ids.Count] = surface.ToString();
        Add(token.Id, start, end);
        EndWord();
    }

    /// <summary>
    /// Appends a token of the current word whose text differs from its entry in the vocabulary.
    /// </summary>
    public void Add(int id, ReadOnlySpan<char> surface, int start, int end)
    {
        if (Aligned)
            (Surfaces ??= [])[Ids.Count] = surface.ToString();
        Add(id, start, end);
    }

    public void Truncate(int count)
    {
        Ids.Truncate(count);
        Starts.Truncate(count);
        Ends.Truncate(count);
        Words.Truncate(count);
    }

    public void EndWord() => WordCount++;

    public void Dispose()
    {
        Ids.Dispose();
        Starts.Dispose();
        Ends.Dispose();
        Words.Dispose();
    }
}
