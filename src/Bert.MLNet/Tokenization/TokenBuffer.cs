namespace Bert.MLNet.Tokenization;

/// <summary>
/// The tokens of one text, in pooled arrays. Offsets (UTF-16 units of the original text) and word numbers only when aligned.
/// </summary>
internal struct TokenBuffer(int capacity, bool aligned) : IDisposable
{
    public PooledList<int> Ids = new(capacity);
    public PooledList<int> Starts = new(aligned ? capacity : 0);
    public PooledList<int> Ends = new(aligned ? capacity : 0);
    public PooledList<int> Words = new(aligned ? capacity : 0);

    public bool Aligned { get; } = aligned;

    /// <summary>The written form of tokens that are written otherwise than the vocabulary has them; null when there are none.</summary>
    public Dictionary<int, string>? Surfaces { get; private set; }

    /// <summary>Words that have ended so far.</summary>
    public int WordCount { get; private set; }

    /// <summary>Adds a token of the word that is going on.</summary>
    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        if (!Aligned)
            return;
        Starts.Add(start);
        Ends.Add(end);
        Words.Add(WordCount);
    }

    /// <summary>Adds an added token, which is a word by itself.</summary>
    public void AddWhole(AddedToken token, ReadOnlySpan<char> surface, int start, int end)
    {
        if (Aligned && !surface.SequenceEqual(token.Content))
            (Surfaces ??= [])[Ids.Count] = surface.ToString();
        Add(token.Id, start, end);
        EndWord();
    }

    /// <summary>
    /// Adds a token of the word that is going on, written as it stands in the text where the vocabulary has it otherwise.
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
