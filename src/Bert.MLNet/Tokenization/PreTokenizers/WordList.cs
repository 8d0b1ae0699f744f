namespace Bert.MLNet.Tokenization;

/// <summary>The words of a text, stored one after another with the source position of each character.</summary>
internal struct WordList(int capacity, bool aligned) : IDisposable
{
    public NormalizedText Text = new(capacity, aligned);
    private PooledList<int> _ends = new(capacity / 4 + 16);

    public readonly int Count => _ends.Count;

    public readonly int Start(int word) => word == 0 ? 0 : _ends.Span[word - 1];

    public readonly int End(int word) => _ends.Span[word];

    /// <summary>Ends the word that was added to the text. Does nothing if no characters were added.</summary>
    public void EndWord() => EndWord(Text.Length);

    /// <summary>Ends a word at a position of the added text.</summary>
    public void EndWord(int end)
    {
        if (end > (_ends.Count == 0 ? 0 : _ends.Span[^1]))
            _ends.Add(end);
    }

    public void Dispose()
    {
        Text.Dispose();
        _ends.Dispose();
    }
}
