using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

/// <summary>How texts become rows of tokens. The defaults neither cut nor fill.</summary>
public sealed record BertEncodeOptions
{
    internal static BertEncodeOptions Default { get; } = new();

    /// <summary>Whether rows are <c>[CLS] text [SEP]</c> or <c>[CLS] text [SEP] pair [SEP]</c>, or the bare tokens. Default true.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>The longest row in tokens, special ones included. Default null: unlimited.</summary>
    public int? MaxLength { get; init; }

    /// <summary>What gives way in a row longer than <see cref="MaxLength"/>. Default: the longer text.</summary>
    public BertTruncation Truncation { get; init; }

    /// <summary>
    /// Where a text that gives way is cut. Default null: as <see cref="BertTokenizerOptions.TruncationSide"/> says, its end unless a
    /// checkpoint wants it otherwise.
    /// </summary>
    public BertTruncationSide? TruncationSide { get; init; }

    /// <summary>
    /// How many tokens of a text a window repeats of the one before; see <see cref="BertEncoding.Overflowing"/>. Default 0.
    /// </summary>
    public int Stride { get; init; }

    /// <summary>How far short rows are filled up with padding. Default: not.</summary>
    public BertPadding Padding { get; init; }

    /// <summary>
    /// Where padding goes. Default null: as <see cref="BertTokenizerOptions.PaddingSide"/> says, after the tokens unless a checkpoint wants
    /// it otherwise.
    /// </summary>
    public BertPaddingSide? PaddingSide { get; init; }

    /// <summary>When padding, up to a multiple of this. Default null.</summary>
    public int? PadToMultipleOf { get; init; }

    /// <summary>The tokens that <see cref="MaxLength"/> leaves for the texts of a row; no end without it.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal int Budget(bool hasPair, RowTemplate row)
    {
        if (MaxLength < 0 || Stride < 0 || PadToMultipleOf <= 0)
            throw new ArgumentException("MaxLength and Stride must not be negative, and PadToMultipleOf must be positive.");
        if (Padding == BertPadding.MaxLength && MaxLength is null)
            throw new ArgumentException("Padding to the maximum length needs a MaxLength.");
        if (MaxLength is not { } length || Truncation == BertTruncation.None)
            return int.MaxValue;
        int special = AddSpecialTokens ? row.SpecialTokens(hasPair) : 0;
        return length >= special
            ? length - special
            : throw new ArgumentException(
                $"A MaxLength of {length} has no room for the {special} special tokens of a row. Raise it, or set AddSpecialTokens to " +
                "false.");
    }

    /// <summary>The length to fill a row up to, whose batch has a row of <paramref name="longest"/> tokens.</summary>
    internal int PaddedLength(int longest)
    {
        if (Padding == BertPadding.None)
            return 0;
        int length = Padding == BertPadding.Longest ? longest : MaxLength!.Value;
        return PadToMultipleOf is { } multiple ? (length + multiple - 1) / multiple * multiple : length;
    }
}
