namespace Bert.MLNet;

/// <summary>
/// A text or pair as a row of tokens: HuggingFace's <c>Encoding</c>. All lists have one item for each token of the row, special ones and
/// padding included. Immutable.
/// </summary>
public sealed class BertEncoding
{
    internal BertEncoding(
        IReadOnlyList<int> ids,
        IReadOnlyList<int> typeIds,
        IReadOnlyList<int> attentionMask,
        IReadOnlyList<int> specialTokensMask,
        IReadOnlyList<string> tokens,
        IReadOnlyList<(int Start, int End)> offsets,
        IReadOnlyList<int?> wordIds,
        IReadOnlyList<int?> sequenceIds,
        IReadOnlyList<BertEncoding> overflowing)
    {
        Ids = ids;
        TypeIds = typeIds;
        AttentionMask = attentionMask;
        SpecialTokensMask = specialTokensMask;
        Tokens = tokens;
        Offsets = offsets;
        WordIds = wordIds;
        SequenceIds = sequenceIds;
        Overflowing = overflowing;
    }

    /// <summary>Tokens in the row.</summary>
    public int Length => Ids.Count;

    /// <summary>Where the tokens of the second text begin; the length when there is none.</summary>
    internal int SecondStart { get; init; }

    /// <summary>Where the tokens begin that a model is to take for type 1; the length when there are none.</summary>
    internal int TypeStart { get; init; }

    /// <summary>Ids of the tokens.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>
    /// 1 for the tokens of a second text and its <c>[SEP]</c>, else 0; all 0 for RoBERTa and its relatives, but for second texts in windows
    /// of <see cref="Overflowing"/>, which HuggingFace's tokenizers leave as 1 where a template puts the row together.
    /// </summary>
    public IReadOnlyList<int> TypeIds { get; }

    /// <summary>0 for padding, else 1.</summary>
    public IReadOnlyList<int> AttentionMask { get; }

    /// <summary>
    /// 1 for special tokens that were added and for padding; 0 for tokens of a text, special ones written there included.
    /// </summary>
    public IReadOnlyList<int> SpecialTokensMask { get; }

    /// <summary>The tokens; an added token that takes white space shows it.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>
    /// The part of its text that each token stands for, in UTF-16 units of the original text: <c>text[Start..End]</c>. (0, 0) for special
    /// tokens that were added and for padding.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Offsets { get; }

    /// <summary>The word of its text that each token belongs to, counted from 0; null for added special tokens and padding.</summary>
    public IReadOnlyList<int?> WordIds { get; }

    /// <summary>0 for tokens of the first text, 1 for the second; null for added special tokens and padding.</summary>
    public IReadOnlyList<int?> SequenceIds { get; }

    /// <summary>
    /// The further windows of a text that was cut, each a whole row; neighbours share <see cref="BertEncodeOptions.Stride"/> tokens. Where
    /// both texts of a pair were cut, all combinations in HuggingFace's order. Empty when nothing was cut.
    /// </summary>
    public IReadOnlyList<BertEncoding> Overflowing { get; }
}
