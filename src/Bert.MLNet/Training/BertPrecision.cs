namespace Bert.MLNet;

/// <summary>The type in which a training computes matrix products. Weights, sums and the optimizer are in single precision in any case.</summary>
public enum BertPrecision
{
    /// <summary>Single precision.</summary>
    Full,

    /// <summary>bfloat16: faster where the processor has AMX or AMD's AVX512_BF16, as fast or slower on others: try it.</summary>
    BFloat16,
}
