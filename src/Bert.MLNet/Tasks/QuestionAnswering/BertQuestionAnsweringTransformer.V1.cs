using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertQuestionAnsweringTransformer
{
    private const uint FirstWithThreshold = 0x00010002;

    private static BertQuestionAnsweringEstimator.Options ReadV1(ModelLoadContext ctx)
    {
        var options = new BertQuestionAnsweringEstimator.Options
        {
            Batching = BertBatchOptions.ReadV1(ctx.Reader),
            Model = BertModel.Load(ctx),
            OutputColumnName = ctx.LoadNonEmptyString(),
            QuestionColumnName = ctx.LoadNonEmptyString(),
            ContextColumnName = ctx.LoadNonEmptyString(),
            ScoreColumnName = ctx.LoadNonEmptyString(),
            StartColumnName = ctx.LoadNonEmptyString(),
            EndColumnName = ctx.LoadNonEmptyString(),
            TopK = ctx.Reader.ReadInt32() is var count and not 0 ? count : null,
            MaxAnswerLength = ctx.Reader.ReadInt32(),
            HandleImpossibleAnswer = ctx.Reader.ReadBoolean(),
            Stride = ctx.Reader.ReadInt32(),
            MaxLength = ctx.Reader.ReadInt32(),
        };
        return ctx.Header.ModelVerWritten < FirstWithThreshold
            ? options
            : options with { NoAnswerColumnName = ctx.LoadStringOrNull(), NoAnswerThreshold = ctx.Reader.ReadSingle() };
    }
}
