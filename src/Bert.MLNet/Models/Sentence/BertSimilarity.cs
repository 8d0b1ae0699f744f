namespace Bert.MLNet;

/// <summary>The functions by which sentence-transformers compares two vectors. The larger the value, the more similar.</summary>
public enum BertSimilarity
{
    /// <summary>The cosine of the angle between the vectors, from −1 to 1.</summary>
    Cosine,

    /// <summary>The scalar product.</summary>
    Dot,

    /// <summary>The Euclidean distance, negated.</summary>
    Euclidean,

    /// <summary>The sum of the absolute differences, negated.</summary>
    Manhattan,
}
