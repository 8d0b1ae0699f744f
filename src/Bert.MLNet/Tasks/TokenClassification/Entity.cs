namespace Bert.MLNet.Tasks;

/// <summary>A part of a text with its type.</summary>
/// <param name="Type">The type; for a token, its label.</param>
/// <param name="Score">The probability: the mean of its tokens or words.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct Entity(string Type, float Score, int Start, int End)
{
    public int Length => End - Start;
}
