namespace Bert.MLNet;

/// <summary>
/// Represents a text or pair as a row of tokens, like HuggingFace's <c>Encoding</c>. Each list contains one item per token of the row,
/// including special tokens and padding. Immutable.
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

    /// <summary>The number of tokens in the row.</summary>
    public int Length => Ids.Count;

    /// <summary>The index of the first token of the second text; the length if there is no second text.</summary>
    internal int SecondStart { get; init; }

    /// <summary>The index of the first token that the model treats as type 1; the length if there is none.</summary>
    internal int TypeStart { get; init; }

    /// <summary>The ids of the tokens.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>
    /// 1 for the tokens of a second text and its <c>[SEP]</c>; otherwise 0. For RoBERTa and related models, all are 0, except for second
    /// texts in <see cref="Overflowing"/> windows, which HuggingFace's tokenizers leave as 1 if a template defines the row.
    /// </summary>
    public IReadOnlyList<int> TypeIds { get; }

    /// <summary>0 for padding; otherwise 1.</summary>
    public IReadOnlyList<int> AttentionMask { get; }

    /// <summary>
    /// 1 for added special tokens and padding; 0 for tokens of a text, including special tokens written in it.
    /// </summary>
    public IReadOnlyList<int> SpecialTokensMask { get; }

    /// <summary>The tokens; an added token whose match includes whitespace contains that whitespace.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>
    /// The part of its text that each token represents, in UTF-16 units of the original text: <c>text[Start..End]</c>. (0, 0) for added
    /// special tokens and padding.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Offsets { get; }

    /// <summary>The index of each token's word, counted from 0 in each text; null for added special tokens and padding.</summary>
    public IReadOnlyList<int?> WordIds { get; }

    /// <summary>0 for tokens of the first text, 1 for tokens of the second; null for added special tokens and padding.</summary>
    public IReadOnlyList<int?> SequenceIds { get; }

    /// <summary>
    /// The other windows of a truncated text, each a complete row. Adjacent windows share <see cref="BertEncodeOptions.Stride"/> tokens.
    /// If both texts of a pair were truncated, contains all combinations in HuggingFace's order. Empty if nothing was truncated.
    /// </summary>
    public IReadOnlyList<BertEncoding> Overflowing { get; }
}
