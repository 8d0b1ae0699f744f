namespace Bert.MLNet.Benchmarks;

/// <summary>What the matrix products of an encoder cost by their sizes.</summary>
internal static class EncoderWork
{
    /// <summary>Operations for a row without padding: a multiplication and an addition are two. Dense layers, and attention over all pairs of tokens.</summary>
    public static double Operations(BertConfig config, int tokens)
    {
        double hidden = config.HiddenSize, dense = 4 * hidden * hidden + 2 * hidden * config.IntermediateSize;
        return 2.0 * config.NumHiddenLayers * (tokens * dense + 2.0 * tokens * tokens * hidden);
    }
}
