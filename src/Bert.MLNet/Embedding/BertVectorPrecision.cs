namespace Bert.MLNet;

/// <summary>The form in which a vector is stored.</summary>
#pragma warning disable CA1720 // the values are data types, under their usual names
public enum BertVectorPrecision
{
    /// <summary>A <see cref="float"/> for each value.</summary>
    Float32,

    /// <summary>
    /// An <see cref="sbyte"/> for each value, a quarter of the memory: the vector times 127, divided by its largest absolute value. The
    /// scale of each vector is its own, so compare such vectors by their cosine.
    /// </summary>
    Int8,

    /// <summary>
    /// A bit for each value, a thirty-second of the memory: 1 for a positive value. The first value is the highest bit of the first
    /// <see cref="byte"/>. Compare such vectors by the number of bits that differ.
    /// </summary>
    Binary,
}
#pragma warning restore CA1720
