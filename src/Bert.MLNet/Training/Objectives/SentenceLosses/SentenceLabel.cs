namespace Bert.MLNet;

/// <summary>The label that a <see cref="SentenceLoss"/> requires.</summary>
internal enum SentenceLabel
{
    /// <summary>No label.</summary>
    None,

    /// <summary>A similarity, scaled to the range of cosines, at most 1.</summary>
    Similarity,

    /// <summary>A class.</summary>
    Class,

    /// <summary>A vector of the same dimension as those of texts.</summary>
    Vector,
}
