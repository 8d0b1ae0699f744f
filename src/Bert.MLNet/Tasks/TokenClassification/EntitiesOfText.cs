namespace Bert.MLNet.Tasks;

/// <summary>A text and its entities.</summary>
internal sealed record EntitiesOfText(ReadOnlyMemory<char> Text, IReadOnlyList<Entity> Entities)
{
    /// <summary>The labels of the words, if they are requested.</summary>
    public IReadOnlyList<int> WordLabels { get; init; } = [];

    /// <summary>The probabilities of all labels for each word.</summary>
    public IReadOnlyList<float[]> WordScores { get; init; } = [];
}
