namespace Bert.MLNet;

/// <summary>
/// What a BERT tokenizer does to text: the settings of HuggingFace's <c>tokenizer_config.json</c>, with its defaults (those of
/// <c>bert-base-uncased</c>). A cased vocabulary wants <see cref="DoLowerCase"/> false.
/// </summary>
public sealed record BertTokenizerOptions
{
    /// <summary>Whether text is lower-cased (<c>do_lower_case</c>). Default true.</summary>
    public bool DoLowerCase { get; init; } = true;

    /// <summary>Whether accents are stripped (<c>strip_accents</c>). Default null: as <see cref="DoLowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether every Han ideograph becomes a word of its own (<c>tokenize_chinese_chars</c>). Default true.</summary>
    public bool TokenizeChineseChars { get; init; } = true;

    /// <summary>
    /// Whether a text that begins with no blank is read as if it did (<c>add_prefix_space</c>), so that its first word is a word like the
    /// others. For byte-level BPE. Default false.
    /// </summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>Stands for a word without pieces (<c>unk_token</c>). Default <c>[UNK]</c>.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Ends each text (<c>sep_token</c>). Default <c>[SEP]</c>.</summary>
    public string SepToken { get; init; } = "[SEP]";

    /// <summary>Fills rows of a batch (<c>pad_token</c>). Default <c>[PAD]</c>.</summary>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>Begins each row (<c>cls_token</c>). Default <c>[CLS]</c>.</summary>
    public string ClsToken { get; init; } = "[CLS]";

    /// <summary>Hides a token from the model (<c>mask_token</c>). Default <c>[MASK]</c>.</summary>
    public string MaskToken { get; init; } = "[MASK]";

    /// <summary>
    /// Whether special tokens written in a text are read as plain text (<c>split_special_tokens</c>). Default false, as in HuggingFace: the
    /// text <c>[MASK]</c> is the mask token. Set it for text from strangers.
    /// </summary>
    public bool SplitSpecialTokens { get; init; }

    /// <summary>The longest row the model takes, in tokens (<c>model_max_length</c>). Default null: unlimited.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>Where padding goes unless a call says otherwise (<c>padding_side</c>). Default: after the tokens.</summary>
    public BertPaddingSide PaddingSide { get; init; }

    /// <summary>Where a text that is too long is cut unless a call says otherwise (<c>truncation_side</c>). Default: its end.</summary>
    public BertTruncationSide TruncationSide { get; init; }

    internal IReadOnlyList<string> SpecialTokens => [PadToken, UnknownToken, ClsToken, SepToken, MaskToken];
}
