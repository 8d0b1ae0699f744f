namespace Bert.MLNet.Tasks;

/// <summary>An entity of a row.</summary>
/// <param name="Type">The type, such as PER.</param>
/// <param name="Start">The index of the first word, or the start in the text in UTF-16 code units.</param>
/// <param name="End">The index after the last word, or the end in the text.</param>
internal readonly record struct EntitySpan(string Type, int Start, int End);
