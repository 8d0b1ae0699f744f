namespace Bert.MLNet;

/// <summary>Defines the numbers in a table of static embeddings.</summary>
public enum BertStaticPrecision
{
    /// <summary>Single precision, 4 bytes a value.</summary>
    Float32,

    /// <summary>Half precision, 2 bytes a value.</summary>
    Float16,

    /// <summary>8-bit integers with one scale for each token, 1 byte a value.</summary>
    Int8,
}
