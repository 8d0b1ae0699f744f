namespace Bert.MLNet.DataViews;

/// <summary>The texts of a row. Used again for the next window.</summary>
internal abstract class TextRow
{
    public ReadOnlyMemory<char> Text;

    /// <summary>The second text; empty where rows have one.</summary>
    public ReadOnlyMemory<char> Pair;
}
