using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertPairEmbeddingTransformer
{
    private static BertPairEmbeddingEstimator.Options ReadV1(ModelLoadContext ctx) =>
        (BertPairEmbeddingEstimator.Options)new BertPairEmbeddingEstimator.Options
    {
        Batching = BertBatchOptions.ReadV1(ctx.Reader),
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        PairColumnName = ctx.LoadNonEmptyString(),
        CosineColumnName = ctx.LoadStringOrNull(),
        Features = (BertPairFeatures)ctx.Reader.ReadInt32(),
    }.ReadV1(ctx);
}
