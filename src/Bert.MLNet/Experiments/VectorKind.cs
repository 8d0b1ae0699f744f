namespace Bert.MLNet.Experiments;

/// <summary>The vectors that ML.NET's trainers learn from.</summary>
/// <param name="Name">The description for users.</param>
internal sealed record VectorKind(string Name)
{
    public static readonly VectorKind NGrams = new("n-grams") { HasNGrams = true };

    public static readonly VectorKind Embeddings = new("embeddings") { HasVectors = true, HasNetwork = true };

    public static readonly VectorKind StaticEmbeddings = new("static embeddings") { HasVectors = true };

    public static readonly VectorKind Joined = new("embeddings and n-grams") { HasVectors = true, HasNetwork = true, HasNGrams = true };

    /// <summary>The cosine of two vectors.</summary>
    public static readonly VectorKind Cosine = new("cosine") { HasNetwork = true };

    public bool HasNGrams { get; private init; }

    /// <summary>Whether the vectors of texts, or the features of pairs, are part of it.</summary>
    public bool HasVectors { get; private init; }

    /// <summary>Whether a prediction needs the network of the checkpoint.</summary>
    public bool HasNetwork { get; private init; }
}
