using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertEmbeddingTransformer
{
    private static BertEmbeddingEstimator.Options ReadV1(ModelLoadContext ctx) =>
        (BertEmbeddingEstimator.Options)new BertEmbeddingEstimator.Options
    {
        Batching = BertBatchOptions.ReadV1(ctx.Reader),
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
    }.ReadV1(ctx);
}
