namespace Bert.MLNet;

/// <summary>The words of a text, or of two texts, and how much each contributes to a score. Immutable and thread-safe.</summary>
/// <remarks>Created by <see cref="BertExplanationTransformer.Explain"/>.</remarks>
public sealed class BertExplanation
{
    internal BertExplanation(string text, string? pair, string? label, float score, IReadOnlyList<BertWordWeight> words)
    {
        (Text, Pair, Label, Score, Words) = (text, pair, label, score, words);
    }

    /// <summary>The first text; empty if it was missing.</summary>
    public string Text { get; }

    /// <summary>The second text; null if rows have one.</summary>
    public string? Pair { get; }

    /// <summary>The name of the explained label; null for <see cref="BertExplanationTarget.Similarity"/>.</summary>
    public string? Label { get; }

    /// <summary>The explained score: the label's logit, or the cosine of the vectors.</summary>
    public float Score { get; }

    /// <summary>
    /// The words that the model read, in the order of the texts. Words beyond the maximum length are missing; of a word that was cut, the
    /// part that the model read.
    /// </summary>
    public IReadOnlyList<BertWordWeight> Words { get; }
}
