namespace Bert.MLNet.Tasks;

/// <summary>How well masked tokens were guessed.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Right">How many of them were thought the most probable.</param>
/// <param name="Loss">The sum of −ln(probability).</param>
internal sealed record MaskedWords(long Count, long Right, double Loss)
{
    public static MaskedWords None { get; } = new(0, 0, 0);

    public static MaskedWords operator +(MaskedWords a, MaskedWords b) => new(a.Count + b.Count, a.Right + b.Right, a.Loss + b.Loss);
}
