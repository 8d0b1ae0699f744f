using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>A query and the passages to sort by how well they answer it. Immutable.</summary>
public sealed record BertRankingQuery
{
    /// <summary>Initializes a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="passages">Any number of passages, such as the hits of a search. The list is copied.</param>
    /// <exception cref="ArgumentException">A passage is null; the message says which.</exception>
    public BertRankingQuery(string query, IEnumerable<string> passages)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(passages);
        var copy = new ContentList<string>(passages);
        int missing = copy.IndexOf(null!);
        if (missing >= 0)
            throw new ArgumentException(
                $"Passage {missing} is null (counted from 0). Leave it out, or pass an empty text.", nameof(passages));
        (Query, Passages) = (query, copy);
    }

    /// <summary>The query.</summary>
    public string Query { get; }

    /// <summary>The passages.</summary>
    public IReadOnlyList<string> Passages { get; }
}
