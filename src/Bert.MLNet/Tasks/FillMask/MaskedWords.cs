namespace Bert.MLNet.Tasks;

/// <summary>Counts of the predictions of masked tokens.</summary>
/// <param name="Count">The number of masked tokens.</param>
/// <param name="Right">The number of those that were predicted as most probable.</param>
/// <param name="Loss">The sum of −ln(probability).</param>
internal sealed record MaskedWords(long Count, long Right, double Loss)
{
    public static MaskedWords None { get; } = new(0, 0, 0);

    public static MaskedWords operator +(MaskedWords a, MaskedWords b) => new(a.Count + b.Count, a.Right + b.Right, a.Loss + b.Loss);
}
