using System.Runtime.InteropServices;

namespace Bert.MLNet.Tasks;

/// <summary>Counts the labelled, predicted, and correctly predicted entities of each type.</summary>
internal sealed class EntityCounts
{
    private readonly HashSet<EntitySpan> _labelled = [], _predicted = []; // of one row
    private readonly Dictionary<string, Counts> _types = [];

    /// <summary>Adds a row. An entity is correct if its type, start and end are.</summary>
    public void Add(IEnumerable<EntitySpan> labelled, IEnumerable<EntitySpan> predicted)
    {
        _labelled.Clear();
        _labelled.UnionWith(labelled);
        _predicted.Clear();
        _predicted.UnionWith(predicted);
        foreach (EntitySpan entity in _labelled)
            Of(entity.Type).Labelled++;
        foreach (EntitySpan entity in _predicted)
        {
            Of(entity.Type).Predicted++;
            if (_labelled.Contains(entity))
                Of(entity.Type).Right++;
        }
    }

    /// <summary>Returns the scores of each type.</summary>
    public SortedDictionary<string, NamedEntityScores> PerType() =>
        new(_types.ToDictionary(type => type.Key, type => type.Value.Scores()), StringComparer.Ordinal);

    /// <summary>Returns the scores over all entities.</summary>
    public NamedEntityScores Micro() => new Counts
    {
        Right = _types.Values.Sum(counts => counts.Right),
        Predicted = _types.Values.Sum(counts => counts.Predicted),
        Labelled = _types.Values.Sum(counts => counts.Labelled),
    }.Scores();

    private ref Counts Of(string type) => ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out _);

    private struct Counts
    {
        public long Right, Predicted, Labelled;

        public readonly NamedEntityScores Scores() => NamedEntityScores.Of(Right, Predicted, Labelled);
    }
}
