using System.Text.Json.Serialization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizerEstimator
{
    /// <summary>The options of <see cref="BertTokenizerEstimator"/>. Immutable.</summary>
    public sealed record Options
    {
        /// <summary>The checkpoint whose tokenizer and longest sequence are used. Default null: <see cref="Tokenizer"/>, or <see cref="BertModel.Default"/>.</summary>
        [JsonIgnore]
        public BertModel? Model { get; init; }

        /// <summary>A tokenizer that needs no checkpoint. Default null: the tokenizer of <see cref="Model"/>.</summary>
        [JsonIgnore]
        public BertTokenizer? Tokenizer { get; init; }

        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; init; }

        /// <summary>The column that receives the ids of the tokens. Default "InputIds".</summary>
        public string InputIdsColumnName { get; init; } = "InputIds";

        /// <summary>The column that receives 1 for each token and 0 for padding. Default "AttentionMask". Null: none.</summary>
        public string? AttentionMaskColumnName { get; init; } = "AttentionMask";

        /// <summary>The column that receives 1 for the tokens of the second text and its <c>[SEP]</c>, else 0. Default "TokenTypeIds". Null: none.</summary>
        public string? TokenTypeIdsColumnName { get; init; } = "TokenTypeIds";

        /// <summary>The column that receives the tokens as text. Default null: none.</summary>
        public string? TokensColumnName { get; init; }

        /// <summary>The column that receives where each token begins and ends in its original text, in UTF-16 units. Default null: none.</summary>
        public string? OffsetsColumnName { get; init; }

        /// <summary>The longest row in tokens, special ones included. Default null: the model's limit; for a tokenizer that knows none, unlimited.</summary>
        public int? MaxLength { get; init; }

        /// <summary>What gives way in a longer row. Default: the longer text.</summary>
        public BertTruncation Truncation { get; init; }

        /// <summary>Whether all rows are filled up to <see cref="MaxLength"/>. Default: <see cref="BertPadding.None"/>; <see cref="BertPadding.Longest"/> is no choice here, where rows come one by one.</summary>
        public BertPadding Padding { get; init; }

        /// <summary>Where padding goes. Default null: as the checkpoint says, else after the tokens.</summary>
        public BertPaddingSide? PaddingSide { get; init; }

        /// <summary>Whether rows are filled up.</summary>
        internal bool Pads => Padding == BertPadding.MaxLength;

        /// <summary>These options with every null resolved against the tokenizer, checked. Empty names of columns are null.</summary>
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
                    $"MaxLength is {MaxLength}, but the model takes rows of at most {model.MaxSequenceLength} tokens. Lower it.");
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
                throw new ArgumentOutOfRangeException(null, $"MaxLength is {MaxLength}, which has no room for the {special} special tokens of a row. Raise it.");
            if (!Enum.IsDefined(Truncation) || !Enum.IsDefined(Padding) || PaddingSide is { } side && !Enum.IsDefined(side))
                throw new ArgumentException($"{nameof(Truncation)}, {nameof(Padding)} or {nameof(PaddingSide)} has no such value. Choose one of its enumeration.");
            if (Padding == BertPadding.Longest)
                throw new ArgumentException("Rows come one by one, so that none is known to be the longest. Choose BertPadding.MaxLength, or None and leave batches to the encoder.");
            if (Pads && (MaxLength is null || Truncation == BertTruncation.None))
                throw new ArgumentException("Rows of a fixed length need a MaxLength and a Truncation. Set both, or choose BertPadding.None.");
            if (Truncation == BertTruncation.OnlySecond && PairColumnName is null)
                throw new ArgumentException("Truncation of the second text only needs a PairColumnName. Set it, or choose another Truncation.");
            string? twice = TokenColumns.OutputsOf(this).GroupBy(output => output.Name).FirstOrDefault(names => names.Count() > 1)?.Key;
            return twice is null ? this : throw new ArgumentException($"Two output columns are to be called '{twice}'. Give them different names.");
        }

        private static string? Named(string? column) => string.IsNullOrEmpty(column) ? null : column;
    }
}
