using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Bert.MLNet.Models;

/// <summary>A read-only copy of a list that equals every other with the same values, so that records with one compare by content.</summary>
internal sealed class ContentList<T>(IEnumerable<T> values) : ReadOnlyCollection<T>([.. values])
{
    /// <summary>Returns the list itself if it is already a copy, otherwise a copy.</summary>
    public static ContentList<T> Of(IReadOnlyList<T> values) => values as ContentList<T> ?? new(values);

    /// <summary>Does the same for options whose nulls are checked later.</summary>
    [return: NotNullIfNotNull(nameof(values))]
    public static ContentList<T>? OfOrNull(IReadOnlyList<T>? values) => values is null ? null : Of(values);

    public override bool Equals(object? obj) => obj is ContentList<T> other && this.SequenceEqual(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T value in this)
            hash.Add(value);
        return hash.ToHashCode();
    }
}
