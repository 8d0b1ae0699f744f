using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A text that a decoder wrote for a source, such as a translation, and its score. Immutable.</summary>
public sealed record BertGeneratedText
{
    private BertGeneratedText(string text, float score) => (Text, Score) = (text, score);

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>
    /// The sum of the logarithms of its tokens' probabilities, divided by its length to the power of
    /// <see cref="BertGenerationOptions.LengthPenalty"/>. Texts of one source are comparable.
    /// </summary>
    public float Score { get; }

    /// <summary>Returns the texts of a source, best first.</summary>
    internal static IReadOnlyList<BertGeneratedText> Of(WrittenRow row, BertTokenizer tokenizer) =>
        [.. row.Texts(tokenizer).Zip(row.Scores, (text, score) => new BertGeneratedText(text, score))];
}
