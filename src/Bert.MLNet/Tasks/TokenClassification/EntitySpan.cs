namespace Bert.MLNet.Tasks;

/// <summary>An entity of a row.</summary>
/// <param name="Type">Its type, such as PER.</param>
/// <param name="Start">Its first word; or where it begins in the text, in UTF-16 units.</param>
/// <param name="End">The word after its last one; or where it ends.</param>
internal readonly record struct EntitySpan(string Type, int Start, int End);
