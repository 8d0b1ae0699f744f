namespace Bert.MLNet.Generation;

/// <summary>A text that a decoder has written.</summary>
/// <param name="Ids">The ids of its tokens, from the start token to the end token, or to the maximum length.</param>
/// <param name="Score">
/// The sum of the logarithms of its tokens' probabilities, divided by a power of its length without the start token.
/// </param>
internal sealed record GeneratedSequence(int[] Ids, double Score);
