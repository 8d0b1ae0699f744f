using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertCrossEncoderTransformer
{
    private static BertCrossEncoderEstimator.Options ReadV1(ModelLoadContext ctx) => new()
    {
        Batching = BertBatchOptions.ReadV1(ctx.Reader),
        Model = BertModel.Load(ctx),
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        PairColumnName = ctx.LoadNonEmptyString(),
        Activation = (BertScoreActivation)ctx.Reader.ReadByte(),
        MaxLength = ctx.Reader.ReadInt32(),
    };
}
