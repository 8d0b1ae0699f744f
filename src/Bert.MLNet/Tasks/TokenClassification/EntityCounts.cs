using System.Runtime.InteropServices;

namespace Bert.MLNet.Tasks;

/// <summary>How many entities are labelled, predicted, and rightly predicted, of each type.</summary>
internal sealed class EntityCounts
{
    private readonly HashSet<EntitySpan> _labelled = [], _predicted = []; // of one row
    private readonly Dictionary<string, Counts> _types = [];

    /// <summary>Adds a row: an entity is right if its type, start and end are.</summary>
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

    /// <summary>The figures of each type.</summary>
    public SortedDictionary<string, NamedEntityScores> PerType() => new(_types.ToDictionary(type => type.Key, type => type.Value.Scores()), StringComparer.Ordinal);

    /// <summary>The figures of all together.</summary>
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
