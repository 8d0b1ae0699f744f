namespace Bert.MLNet;

/// <summary>
/// The ways to pool the hidden states of a text into one vector. Values can be combined with <c>|</c>: the vectors are then concatenated in
/// the order of the values here, as in sentence-transformers.
/// </summary>
[Flags]
public enum BertPooling
{
    /// <summary>
    /// No pooling. Where a checkpoint's ONNX graph computes the vectors of texts itself, its output <c>sentence_embedding</c>, they are
    /// used as they are.
    /// </summary>
    None = 0,

    /// <summary>The first token's hidden state, <c>[CLS]</c>.</summary>
    Cls = 1,

    /// <summary>The maximum of each dimension over the tokens.</summary>
    Max = 2,

    /// <summary>The mean over the tokens.</summary>
    Mean = 4,

    /// <summary>The sum over the tokens divided by the square root of their number.</summary>
    MeanSqrtLength = 8,

    /// <summary>
    /// The mean over the tokens of the mean of the last layers, sentence-transformers' <c>WeightedLayerPooling</c> with equal weights.
    /// </summary>
    LastLayersMean = 16,

    /// <summary>The mean over the tokens, each weighted by its position counted from 1.</summary>
    WeightedMean = 32,

    /// <summary>The last token's hidden state.</summary>
    LastToken = 64,
}
