namespace Bert.MLNet;

/// <summary>The type in which a training computes matrix products. Weights, sums and the optimizer are in single precision in any case.</summary>
public enum BertPrecision
{
    /// <summary>Single precision.</summary>
    Full,

    /// <summary>bfloat16: faster on some processors that compute it, slower on others, also on some that do: try it.</summary>
    BFloat16,
}
