using System.Collections.ObjectModel;

namespace Bert.MLNet.Models;

/// <summary>
/// A read-only copy of a dictionary that equals every other with the same entries, in any order, so that records with one compare by
/// content.
/// </summary>
internal sealed class ContentDictionary<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    : ReadOnlyDictionary<TKey, TValue>(new Dictionary<TKey, TValue>(entries))
    where TKey : notnull
{
    /// <summary>Returns the dictionary itself if it is already a copy, otherwise a copy.</summary>
    public static ContentDictionary<TKey, TValue> Of(IReadOnlyDictionary<TKey, TValue> entries) =>
        entries as ContentDictionary<TKey, TValue> ?? new(entries);

    public override bool Equals(object? obj) => obj is ContentDictionary<TKey, TValue> other && Count == other.Count
        && this.All(entry => other.TryGetValue(entry.Key, out TValue? value)
            && EqualityComparer<TValue>.Default.Equals(entry.Value, value));

    // A sum does not depend on the order of the entries.
    public override int GetHashCode() => this.Aggregate(Count, (hash, entry) => unchecked(hash + HashCode.Combine(entry.Key, entry.Value)));
}
