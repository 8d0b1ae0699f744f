namespace Bert.MLNet.Experiments;

/// <summary>The vectors that ML.NET's trainers learn from.</summary>
/// <param name="Name">The description for users.</param>
internal sealed record VectorKind(string Name)
{
    public static readonly VectorKind NGrams = new("n-grams") { HasNGrams = true };

    public static readonly VectorKind Embeddings = new("embeddings") { HasVectors = true, HasCosine = true, HasNetwork = true };

    public static readonly VectorKind StaticEmbeddings =
        new("static embeddings") { HasVectors = true, HasCosine = true, IsStatic = true };

    public static readonly VectorKind Joined = new("embeddings and n-grams")
    {
        HasVectors = true, HasNetwork = true, HasNGrams = true, JoinedWithNGrams = Embeddings,
    };

    public static readonly VectorKind StaticJoined = new("static embeddings and n-grams")
    {
        HasVectors = true, IsStatic = true, HasNGrams = true, JoinedWithNGrams = StaticEmbeddings,
    };

    /// <summary>The cosine of two vectors.</summary>
    public static readonly VectorKind Cosine = new("cosine") { HasCosine = true, HasNetwork = true };

    /// <summary>The cosine of two vectors of static embeddings.</summary>
    public static readonly VectorKind StaticCosine = new("cosine of static embeddings") { HasCosine = true, IsStatic = true };

    public bool HasNGrams { get; private init; }

    /// <summary>Whether the vectors of texts, or the features of pairs, are part of it.</summary>
    public bool HasVectors { get; private init; }

    /// <summary>Whether the cosine of two texts is part of it.</summary>
    public bool HasCosine { get; private init; }

    /// <summary>Whether a prediction needs the network of the checkpoint.</summary>
    public bool HasNetwork { get; private init; }

    /// <summary>Whether a prediction needs static embeddings instead of the network.</summary>
    public bool IsStatic { get; private init; }

    /// <summary>The kind of vectors that are joined with n-grams; null if none are.</summary>
    public VectorKind? JoinedWithNGrams { get; private init; }
}
