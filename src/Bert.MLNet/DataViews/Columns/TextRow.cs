namespace Bert.MLNet.DataViews;

/// <summary>The texts of a row. Reused for the next window.</summary>
internal class TextRow
{
    public ReadOnlyMemory<char> Text;

    /// <summary>The second text. Empty if rows have one text.</summary>
    public ReadOnlyMemory<char> Pair;

    /// <summary>The positions of the words in the text, in order, for a step that works on words.</summary>
    public List<(int Start, int End)> Words { get; } = [];

    /// <summary>The row's own labels, for a step that reads them from a column.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];
}

/// <summary>The texts of a row and the items that the encoder processes for them.</summary>
internal class TextRow<TItem> : TextRow
    where TItem : class, IBatchItem
{
    public TItem[] Items { get; set; } = [];
}
