namespace Bert.MLNet;

/// <summary>Defines the data type in which training computes matrix products.</summary>
/// <remarks>Weights, sums and the optimizer always use single precision.</remarks>
public enum BertPrecision
{
    /// <summary>Single precision.</summary>
    Full,

    /// <summary>
    /// bfloat16. Faster on some processors with bfloat16 instructions and slower on others, so measure it on the target machine.
    /// </summary>
    BFloat16,
}
