using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

/// <summary>Specifies how texts are encoded as rows of tokens. By default, rows are neither truncated nor padded.</summary>
public sealed record BertEncodeOptions
{
    internal static BertEncodeOptions Default { get; } = new();

    /// <summary>
    /// Whether special tokens are added: <c>[CLS] text [SEP]</c> or <c>[CLS] text [SEP] pair [SEP]</c>. If false, rows contain only the
    /// tokens of the texts. Default true.
    /// </summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>The maximum length of a row in tokens, including special tokens. Default null: unlimited.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Which text is truncated in a row longer than <see cref="MaxLength"/>. Default: the longer text.</summary>
    public BertTruncation Truncation { get; init; }

    /// <summary>
    /// The side from which tokens of a truncated text are removed. Default null: <see cref="BertTokenizerOptions.TruncationSide"/>, which
    /// is the end unless the checkpoint specifies otherwise.
    /// </summary>
    public BertTruncationSide? TruncationSide { get; init; }

    /// <summary>
    /// The number of tokens that each window repeats from the previous one; see <see cref="BertEncoding.Overflowing"/>. Default 0.
    /// </summary>
    public int Stride { get; init; }

    /// <summary>The length to which short rows are padded. Default: no padding.</summary>
    public BertPadding Padding { get; init; }

    /// <summary>
    /// The side on which padding is added. Default null: <see cref="BertTokenizerOptions.PaddingSide"/>, which is after the tokens unless
    /// the checkpoint specifies otherwise.
    /// </summary>
    public BertPaddingSide? PaddingSide { get; init; }

    /// <summary>If rows are padded, their length is rounded up to a multiple of this value. Default null: no rounding.</summary>
    public int? PadToMultipleOf { get; init; }

    /// <summary>Returns the number of tokens available for the texts of a row; unlimited without <see cref="MaxLength"/>.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal int Budget(bool hasPair, RowTemplate row)
    {
        if (MaxLength < 0 || Stride < 0 || PadToMultipleOf <= 0)
            throw new ArgumentException("MaxLength and Stride must not be negative, and PadToMultipleOf must be positive.");
        if (Padding == BertPadding.MaxLength && MaxLength is null)
            throw new ArgumentException("Padding to the maximum length requires a MaxLength.");
        if (MaxLength is not { } length || Truncation == BertTruncation.None)
            return int.MaxValue;
        int special = AddSpecialTokens ? row.SpecialTokens(hasPair) : 0;
        return length >= special
            ? length - special
            : throw new ArgumentException(
                $"A MaxLength of {length} leaves no room for the {special} special tokens of a row. Increase it, or set AddSpecialTokens " +
                "to false.");
    }

    /// <summary>Returns the length to which rows of a batch are padded; 0 for no padding.</summary>
    /// <param name="longest">The number of tokens in the longest row of the batch.</param>
    internal int PaddedLength(int longest)
    {
        if (Padding == BertPadding.None)
            return 0;
        int length = Padding == BertPadding.Longest ? longest : MaxLength!.Value;
        return PadToMultipleOf is { } multiple ? (length + multiple - 1) / multiple * multiple : length;
    }
}
