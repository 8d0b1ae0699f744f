namespace Bert.MLNet.DataViews;

/// <summary>The texts of a row. Used again for the next window.</summary>
internal class TextRow
{
    public ReadOnlyMemory<char> Text;

    /// <summary>The second text; empty where rows have one.</summary>
    public ReadOnlyMemory<char> Pair;

    /// <summary>Where in the text its words are, in order, in a step that asks for words.</summary>
    public List<(int Start, int End)> Words { get; } = [];
}

/// <summary>The texts of a row and what goes through the encoder for them.</summary>
internal class TextRow<TItem> : TextRow
    where TItem : class, IBatchItem
{
    public TItem[] Items { get; set; } = [];
}
