using Bert.MLNet.DataViews;

namespace Bert.MLNet.Pooling;

/// <summary>A text on its way to a vector. Used again for the next window.</summary>
internal sealed class TextItem : IBatchItem
{
    public ReadOnlyMemory<char> Text;

    /// <summary>Token ids, as many as <see cref="Length"/> and possibly room for more.</summary>
    public int[] Ids { get; set; } = [];

    public int Length { get; set; }

    /// <summary>Empty until the text is computed for the first time.</summary>
    public float[] Vector { get; set; } = [];
}
