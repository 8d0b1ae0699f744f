using Bert.MLNet.Tasks;

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

    /// <summary>Draws the words with the largest weights as an SVG image, with a bar for each word.</summary>
    /// <param name="mostWords">The maximum number of words, at least 1. They remain in the order of the texts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mostWords"/> is less than 1.</exception>
    public string ToSvg(int mostWords = 30)
    {
        if (mostWords < 1)
            throw new ArgumentOutOfRangeException(nameof(mostWords), $"{nameof(mostWords)} is {mostWords}; it must be at least 1.");
        return ExplanationPicture.Bars(this, mostWords).ToString();
    }

    /// <summary>
    /// Creates an HTML page of the texts, in which the shade of each word is its weight, and of the words with the largest weights. The
    /// page needs no other file and no script.
    /// </summary>
    public string ToHtml() => ExplanationPicture.Page(this);
}
