namespace Bert.MLNet;

/// <summary>Defines the numbers in a table of static embeddings.</summary>
#pragma warning disable CA1720 // the values are data types, under their usual names
public enum BertStaticPrecision
{
    /// <summary>Single precision, 4 bytes a value.</summary>
    Float32,

    /// <summary>Half precision, 2 bytes a value.</summary>
    Float16,

    /// <summary>8-bit integers with one scale for each token, 1 byte a value.</summary>
    Int8,
}
#pragma warning restore CA1720
