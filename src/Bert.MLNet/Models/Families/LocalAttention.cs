namespace Bert.MLNet.Models.Families;

/// <summary>Describes layers that attend only to near tokens, between layers that attend to all.</summary>
/// <param name="Window">The number of tokens on either side that such a layer attends to.</param>
/// <param name="GlobalEvery">Layers whose number is a multiple of this value attend to all tokens.</param>
internal sealed record LocalAttention(int Window, int GlobalEvery)
{
    private const int SmallestBlock = 16;

    /// <summary>
    /// Returns the size of the blocks into which long texts are divided. A token and all that it attends to are in one block and its two
    /// neighbours.
    /// </summary>
    public static int Block(int window) => Math.Max(window, SmallestBlock);

    /// <summary>
    /// Returns the length up to which texts are not divided: the scores of all pairs of tokens, of which those outside of the window are
    /// masked, are then computed faster.
    /// </summary>
    public static int LongestWhole(int window) => 4 * Block(window);

    /// <summary>Returns whether a layer, counted from 0, attends only to near tokens.</summary>
    public bool IsLocal(int layer) => layer % GlobalEvery != 0;
}
