namespace Bert.MLNet;

/// <summary>
/// The parts of a sentence pair's feature vector, computed from the vectors u and v of its sentences.
/// </summary>
/// <remarks>
/// Values combine with <c>|</c>. The vector contains the parts in the order of the values here, as in the classification objective
/// of Sentence-BERT (Reimers and Gurevych, 2019, arXiv:1908.10084, section 3), with the product added as in InferSent (Conneau et
/// al., 2017, arXiv:1705.02364).
/// </remarks>
[Flags]
public enum BertPairFeatures
{
    /// <summary>No part.</summary>
    None = 0,

    /// <summary>u, the vector of the first sentence.</summary>
    First = 1,

    /// <summary>v, the vector of the second sentence.</summary>
    Second = 2,

    /// <summary>|u − v|, element by element. Does not depend on the order of the sentences.</summary>
    AbsoluteDifference = 4,

    /// <summary>u ∗ v, element by element. Does not depend on the order of the sentences.</summary>
    Product = 8,

    /// <summary>[u, v, |u − v|, u ∗ v].</summary>
    All = First | Second | AbsoluteDifference | Product,
}
