namespace Bert.MLNet;

/// <summary>The scores that can be explained.</summary>
public enum BertExplanationTarget
{
    /// <summary>
    /// The logit of a label, by the checkpoint's classification head: a class of a text or of a pair that is read together, or the score of
    /// a cross-encoder, which has one label.
    /// </summary>
    Label,

    /// <summary>The cosine of the vectors of two texts, each read by itself as <c>ApplyBertEmbedding</c> does.</summary>
    Similarity,
}
