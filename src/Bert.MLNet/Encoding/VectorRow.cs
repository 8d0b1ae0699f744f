using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>A row whose sequences each become a vector, such as an embedding or the logits of labels.</summary>
internal sealed class VectorRow : TextRow<TokenSequence<float[]>>
{
    /// <summary>The vector of a sequence, once it is computed.</summary>
    public float[] Vector(int sequence = 0) => Items[sequence].Kept;
}
