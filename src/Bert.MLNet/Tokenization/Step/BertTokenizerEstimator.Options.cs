using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizerEstimator
{
    /// <summary>The options of <see cref="BertTokenizerEstimator"/>. Immutable.</summary>
    public sealed record Options
    {
        /// <summary>
        /// The checkpoint whose tokenizer and maximum length are used. Default null: <see cref="Tokenizer"/> if set, otherwise
        /// <see cref="BertModel.Default"/>.
        /// </summary>
        [JsonIgnore]
        public BertModel? Model { get; init; }

        /// <summary>A tokenizer that needs no checkpoint. Default null: the tokenizer of <see cref="Model"/>.</summary>
        [JsonIgnore]
        public BertTokenizer? Tokenizer { get; init; }

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; init; }

        /// <summary>The name of the added column of token ids. Default "InputIds".</summary>
        public string InputIdsColumnName { get; init; } = "InputIds";

        /// <summary>
        /// The name of the added column that contains 1 for a token and 0 for padding. Default "AttentionMask".
        /// Null: the column is omitted.
        /// </summary>
        public string? AttentionMaskColumnName { get; init; } = "AttentionMask";

        /// <summary>
        /// The name of the added column of token types: 1 for the second text and its <c>[SEP]</c>, otherwise 0. Default "TokenTypeIds".
        /// Null: the column is omitted.
        /// </summary>
        public string? TokenTypeIdsColumnName { get; init; } = "TokenTypeIds";

        /// <summary>The name of the added column that contains the tokens as text. Default null: the column is omitted.</summary>
        public string? TokensColumnName { get; init; }

        /// <summary>
        /// The name of the added column with each token's start and end in its original text. Positions count UTF-16 code units. Default
        /// null: the column is omitted.
        /// </summary>
        public string? OffsetsColumnName { get; init; }

        /// <summary>
        /// The maximum length of a row in tokens, special tokens included. Default null: the model's limit, or no limit if the
        /// tokenizer has none.
        /// </summary>
        public int? MaxLength { get; init; }

        /// <summary>Which text of a longer row is truncated. Default: the longer one.</summary>
        public BertTruncation Truncation { get; init; }

        /// <summary>
        /// Whether all rows are padded to <see cref="MaxLength"/>. Default <see cref="BertPadding.None"/>.
        /// <see cref="BertPadding.Longest"/> is not supported, because rows are processed one by one.
        /// </summary>
        public BertPadding Padding { get; init; }

        /// <summary>
        /// The side on which padding is added. Default null: the checkpoint's setting if it has one, otherwise after the tokens.
        /// </summary>
        public BertPaddingSide? PaddingSide { get; init; }

        /// <summary>Whether rows are padded.</summary>
        internal bool Pads => Padding == BertPadding.MaxLength;

        /// <summary>
        /// Returns these options with every null resolved against the tokenizer, after checking them. Empty column names become null.
        /// </summary>
        /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            if (Model is not null && Tokenizer is not null)
                throw new ArgumentException($"{nameof(Model)} and {nameof(Tokenizer)} are both set. Set one of them.");
            BertModel? model = Tokenizer is null ? Model ?? BertModel.Default : null;
            BertTokenizer tokenizer = Tokenizer ?? model!.Tokenizer;
            if (MaxLength > model?.MaxSequenceLength)
            {
                throw new ArgumentOutOfRangeException(null,
                    $"MaxLength is {MaxLength}, but the model accepts rows of at most {model.MaxSequenceLength} tokens. Lower it.");
            }
            return (this with
            {
                Model = null,
                Tokenizer = tokenizer,
                PairColumnName = Named(PairColumnName),
                AttentionMaskColumnName = Named(AttentionMaskColumnName),
                TokenTypeIdsColumnName = Named(TokenTypeIdsColumnName),
                TokensColumnName = Named(TokensColumnName),
                OffsetsColumnName = Named(OffsetsColumnName),
                MaxLength = MaxLength ?? model?.MaxSequenceLength ?? tokenizer.Options.ModelMaxLength,
                PaddingSide = Pads ? PaddingSide ?? tokenizer.Options.PaddingSide : null,
            }).Checked(tokenizer);
        }

        private Options Checked(BertTokenizer tokenizer)
        {
            ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
            ArgumentException.ThrowIfNullOrEmpty(InputIdsColumnName);
            int special = tokenizer.Row.SpecialTokens(hasPair: PairColumnName is not null);
            if (MaxLength < special)
                throw new ArgumentOutOfRangeException(
                    null, $"MaxLength is {MaxLength}, which leaves no room for the {special} special tokens of a row. Raise it.");
            if (!Enum.IsDefined(Truncation) || !Enum.IsDefined(Padding) || PaddingSide is { } side && !Enum.IsDefined(side))
                throw new ArgumentException(
                    $"{nameof(Truncation)}, {nameof(Padding)} or {nameof(PaddingSide)} has an invalid value. " +
                    "Choose one of its enumeration.");
            if (Padding == BertPadding.Longest)
                throw new ArgumentException(
                    "BertPadding.Longest is not supported here, because rows are processed one by one. " +
                    "Choose BertPadding.MaxLength, or None and let the encoder pad its batches.");
            if (Pads && (MaxLength is null || Truncation == BertTruncation.None))
                throw new ArgumentException(
                    "Rows of a fixed length need a MaxLength and a Truncation. Set both, or choose BertPadding.None.");
            if (Truncation == BertTruncation.OnlySecond && PairColumnName is null)
                throw new ArgumentException(
                    "Truncation of the second text only needs a PairColumnName. Set it, or choose another Truncation.");
            string? twice = TokenColumns.OutputsOf(this).GroupBy(output => output.Name).FirstOrDefault(names => names.Count() > 1)?.Key;
            return twice is null
                ? this
                : throw new ArgumentException($"Two output columns are named '{twice}'. Give them different names.");
        }

        private static string? Named(string? column) => string.IsNullOrEmpty(column) ? null : column;
    }
}
