using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A passage and how well it answers a query. Immutable.</summary>
public sealed record BertRankedPassage
{
    private BertRankedPassage(int index, float score, string text) => (Index, Score, Text) = (index, score, text);

    /// <summary>The index of the passage among those of the query.</summary>
    public int Index { get; }

    /// <summary>
    /// The score, as sentence-transformers' <c>CrossEncoder</c> computes it: the logit or its sigmoid, by
    /// <see cref="BertScoreActivation"/>.
    /// </summary>
    public float Score { get; }

    /// <summary>The passage.</summary>
    public string Text { get; }

    /// <summary>Returns passages in descending order of their scores. Equal scores keep the order of the passages.</summary>
    internal static IReadOnlyList<BertRankedPassage> Sorted(string[] passages, float[] scores) =>
    [
        .. Probabilities.Top(scores, scores.Length).Select(index => new BertRankedPassage(index, scores[index], passages[index])),
    ];
}
