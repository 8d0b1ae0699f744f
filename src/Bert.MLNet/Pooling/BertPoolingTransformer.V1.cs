using Microsoft.ML;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertPoolingTransformer
{
    private const uint FirstWithWeights = 0x00010002;

    private static BertPoolingEstimator.Options ReadV1(ModelLoadContext ctx)
    {
        bool hasWeights = ctx.Header.ModelVerWritten >= FirstWithWeights;
        var options = new BertPoolingEstimator.Options { OutputColumnName = ctx.LoadNonEmptyString() };
        options = options with
        {
            InputColumnName = ctx.LoadStringOrNull() ?? options.InputColumnName,
            HiddenStatesColumnName = ctx.LoadStringOrNull() ?? options.HiddenStatesColumnName,
            AttentionMaskColumnName = ctx.LoadStringOrNull(),
        };
        string? ids = hasWeights ? ctx.LoadStringOrNull() : null;
        var weights = new List<float>(); // grows with the data, whatever the count says
        for (int count = hasWeights ? ctx.Reader.ReadInt32() : 0; weights.Count < count;)
            weights.Add(ctx.Reader.ReadSingle());
        return options with
        {
            InputIdsColumnName = ids ?? options.InputIdsColumnName,
            TokenWeights = ids is null ? null : weights,
            NumberOfLastLayers = ctx.Reader.ReadInt32(),
            Pooling = (BertPooling)ctx.Reader.ReadInt32(),
            Normalize = ctx.Reader.ReadBoolean(),
        };
    }
}
