namespace Bert.MLNet.Tasks;

/// <summary>A text and its entities.</summary>
internal sealed record EntitiesOfText(ReadOnlyMemory<char> Text, IReadOnlyList<Entity> Entities);
