using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Benchmarks;

/// <summary>What the matrix products of an encoder cost by their sizes.</summary>
internal static class EncoderWork
{
    /// <summary>
    /// Operations for a row without padding: a multiplication and an addition are two. Dense layers, and attention over all pairs of tokens
    /// that attend to each other by their content.
    /// </summary>
    public static double Operations(BertConfig config, int tokens)
    {
        EncoderShape shape = config.Shape;
        double hidden = config.HiddenSize, dense = 4 * hidden * hidden + (shape.HasGate ? 3 : 2) * hidden * config.IntermediateSize;
        double seen = Enumerable.Range(0, config.NumHiddenLayers).Sum(layer => Math.Min(tokens, 2 * shape.Window(layer) + 1 ?? tokens));
        return 2.0 * tokens * (config.NumHiddenLayers * dense + 2.0 * seen * hidden);
    }
}
