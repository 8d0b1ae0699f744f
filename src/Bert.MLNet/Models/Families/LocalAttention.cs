namespace Bert.MLNet.Models.Families;

/// <summary>Describes layers that attend only to near tokens, between layers that attend to all.</summary>
/// <param name="Window">The number of tokens on either side that such a layer attends to.</param>
/// <param name="GlobalEvery">Layers whose number is a multiple of this value attend to all tokens.</param>
internal sealed record LocalAttention(int Window, int GlobalEvery)
{
    /// <summary>Returns whether a layer, counted from 0, attends only to near tokens.</summary>
    public bool IsLocal(int layer) => layer % GlobalEvery != 0;
}
