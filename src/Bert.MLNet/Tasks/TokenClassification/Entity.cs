namespace Bert.MLNet.Tasks;

/// <summary>A part of a text with its type.</summary>
/// <param name="Type">The type or, for a token, its label.</param>
/// <param name="Score">The probability: the mean over its tokens or words.</param>
/// <param name="Start">The start in the text, in UTF-16 code units.</param>
/// <param name="End">The end in the text.</param>
internal readonly record struct Entity(string Type, float Score, int Start, int End)
{
    public int Length => End - Start;
}
