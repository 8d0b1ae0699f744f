namespace Bert.MLNet;

/// <summary>
/// Specifies how a BERT tokenizer processes text. The settings and their defaults are those of HuggingFace's
/// <c>tokenizer_config.json</c>, which suit <c>bert-base-uncased</c>. For a cased vocabulary, set <see cref="DoLowerCase"/> to false.
/// </summary>
public sealed record BertTokenizerOptions
{
    /// <summary>Whether text is lowercased (<c>do_lower_case</c>). Default true.</summary>
    public bool DoLowerCase { get; init; } = true;

    /// <summary>Whether accents are stripped (<c>strip_accents</c>). Default null: the same as <see cref="DoLowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether each Han ideograph becomes a separate word (<c>tokenize_chinese_chars</c>). Default true.</summary>
    public bool TokenizeChineseChars { get; init; } = true;

    /// <summary>
    /// Whether a space is added before a text that does not start with one (<c>add_prefix_space</c>). Its first word is then tokenized like
    /// the others. Applies to byte-level BPE. Default false.
    /// </summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>The token that represents a word that cannot be split into known pieces (<c>unk_token</c>). Default <c>[UNK]</c>.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>The token at the end of each text (<c>sep_token</c>). Default <c>[SEP]</c>.</summary>
    public string SepToken { get; init; } = "[SEP]";

    /// <summary>The token that pads rows of a batch (<c>pad_token</c>). Default <c>[PAD]</c>.</summary>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>The token at the start of each row (<c>cls_token</c>). Default <c>[CLS]</c>.</summary>
    public string ClsToken { get; init; } = "[CLS]";

    /// <summary>The token that masks another token from the model (<c>mask_token</c>). Default <c>[MASK]</c>.</summary>
    public string MaskToken { get; init; } = "[MASK]";

    /// <summary>
    /// Whether special tokens written in a text are treated as plain text (<c>split_special_tokens</c>). Default false, as in HuggingFace:
    /// the text <c>[MASK]</c> becomes the mask token. Set it to true for untrusted text.
    /// </summary>
    public bool SplitSpecialTokens { get; init; }

    /// <summary>The maximum length of a row that the model accepts, in tokens (<c>model_max_length</c>). Default null: unlimited.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The side on which padding is added unless a call specifies one (<c>padding_side</c>). Default: after the tokens.</summary>
    public BertPaddingSide PaddingSide { get; init; }

    /// <summary>Where long texts are truncated unless a call specifies a side (<c>truncation_side</c>). Default: the end.</summary>
    public BertTruncationSide TruncationSide { get; init; }

    internal IReadOnlyList<string> SpecialTokens => [PadToken, UnknownToken, ClsToken, SepToken, MaskToken];
}
