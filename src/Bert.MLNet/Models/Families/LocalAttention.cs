namespace Bert.MLNet.Models.Families;

/// <summary>Layers whose tokens attend to near ones only, between layers whose tokens attend to all.</summary>
/// <param name="Window">How far they see to either side.</param>
/// <param name="GlobalEvery">Each layer whose number is a multiple of it sees all.</param>
internal sealed record LocalAttention(int Window, int GlobalEvery)
{
    /// <summary>Whether a layer, counted from 0, sees only near tokens.</summary>
    public bool IsLocal(int layer) => layer % GlobalEvery != 0;
}
