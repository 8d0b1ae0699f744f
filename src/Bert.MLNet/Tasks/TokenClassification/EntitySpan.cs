namespace Bert.MLNet.Tasks;

/// <summary>An entity among the words of a row.</summary>
/// <param name="Type">Its type, such as PER.</param>
/// <param name="Start">Its first word.</param>
/// <param name="End">The word after its last one.</param>
internal readonly record struct EntitySpan(string Type, int Start, int End);
