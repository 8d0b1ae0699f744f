using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A word that fits in the place of a mask. Immutable.</summary>
public sealed record BertFilledMask
{
    private BertFilledMask(int mask, FilledText filled) => (Mask, Token, Score, Text) = (mask, filled.Token, filled.Score, filled.Text);

    /// <summary>The number of the mask in the text, counted from 0.</summary>
    public int Mask { get; }

    /// <summary>The token of the vocabulary in the place of the mask.</summary>
    public string Token { get; }

    /// <summary>The probability of the token, from 0 to 1.</summary>
    public float Score { get; }

    /// <summary>
    /// The text with the token in the place of the mask, as decoded by the tokenizer. If there are several masks, the other masks and the
    /// special tokens remain visible.
    /// </summary>
    public string Text { get; }

    /// <summary>Returns the predictions for the masks of a text.</summary>
    /// <param name="filled">The predictions, mask by mask.</param>
    /// <param name="topK">Their number for each mask.</param>
    internal static IReadOnlyList<BertFilledMask> Of(IReadOnlyList<FilledText> filled, int topK) =>
        [.. filled.Select((text, i) => new BertFilledMask(i / topK, text))];
}
