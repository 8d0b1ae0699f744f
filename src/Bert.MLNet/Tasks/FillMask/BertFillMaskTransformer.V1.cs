using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertFillMaskTransformer
{
    private static BertFillMaskEstimator.Options ReadV1(ModelLoadContext ctx) => new()
    {
        Batching = BertBatchOptions.ReadV1(ctx.Reader),
        Model = BertModel.Load(ctx),
        OutputColumnName = ctx.LoadNonEmptyString(),
        InputColumnName = ctx.LoadNonEmptyString(),
        ScoresColumnName = ctx.LoadNonEmptyString(),
        FilledTextsColumnName = ctx.LoadNonEmptyString(),
        TopK = ctx.Reader.ReadInt32(),
        TargetIds = ReadIds(ctx.Reader),
        Stride = ctx.Reader.ReadInt32(),
        MaxLength = ctx.Reader.ReadInt32(),
    };

    // The list grows while it is read, because the size in the file is not trusted.
    private static List<int> ReadIds(BinaryReader reader)
    {
        var ids = new List<int>();
        for (int count = reader.ReadInt32(); ids.Count < count;)
            ids.Add(reader.ReadInt32());
        return ids;
    }
}
