using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertTokenizerTransformer
{
    private static BertTokenizerEstimator.Options ReadV1(ModelLoadContext ctx)
    {
        var options = new BertTokenizerEstimator.Options
        {
            InputColumnName = ctx.LoadNonEmptyString(),
            PairColumnName = ctx.LoadStringOrNull(),
            InputIdsColumnName = ctx.LoadNonEmptyString(),
            AttentionMaskColumnName = ctx.LoadStringOrNull(),
            TokenTypeIdsColumnName = ctx.LoadStringOrNull(),
            TokensColumnName = ctx.LoadStringOrNull(),
            OffsetsColumnName = ctx.LoadStringOrNull(),
            MaxLength = ctx.Reader.ReadInt32() is var length and >= 0 ? length : null,
            Truncation = (BertTruncation)ctx.Reader.ReadByte(),
        };
        return ctx.Reader.ReadByte() switch
        {
            0 => options,
            1 => options with { Padding = BertPadding.MaxLength, PaddingSide = BertPaddingSide.Right },
            2 => options with { Padding = BertPadding.MaxLength, PaddingSide = BertPaddingSide.Left },
            var other => throw new FormatException(
                $"The model file is damaged: the padding of a tokenizing step has the unknown kind {other}. Save the model again."),
        };
    }
}
