using Bert.MLNet.DataViews;

namespace Bert.MLNet.Embeddings;

/// <summary>A text on its way to a vector. Used again for the next window.</summary>
internal sealed class TextItem : IBatchItem
{
    public ReadOnlyMemory<char> Text;

    public List<int> Ids { get; } = [];

    public int Length => Ids.Count;

    /// <summary>Empty until the text is computed for the first time.</summary>
    public float[] Vector { get; set; } = [];
}
