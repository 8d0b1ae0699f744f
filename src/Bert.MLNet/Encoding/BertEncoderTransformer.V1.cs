using Bert.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

// Model files of version 1.
public sealed partial class BertEncoderTransformer
{
    private static BertEncoderEstimator.Options ReadV1(ModelLoadContext ctx)
    {
        var options = new BertEncoderEstimator.Options
        {
            Batching = BertBatchOptions.ReadV1(ctx.Reader),
            InputIdsColumnName = ctx.LoadNonEmptyString(),
            AttentionMaskColumnName = ctx.LoadStringOrNull(),
            TokenTypeIdsColumnName = ctx.LoadStringOrNull(),
            LastHiddenStateColumnName = null,
            PoolerOutputColumnName = "",
        };
        int count = ctx.Reader.ReadInt32();
        Contracts.CheckDecode(count is > 0 and <= 4);
        for (int i = 0; i < count; i++)
        {
            string name = ctx.LoadNonEmptyString();
            var kind = (EncoderOutputKind)ctx.Reader.ReadByte();
            var layers = new List<int>(); // grows with the data, because the count is not trusted
            for (int layerCount = ctx.Reader.ReadInt32(); layers.Count < layerCount;)
                layers.Add(ctx.Reader.ReadInt32());
            Contracts.CheckDecode(layers.Count > 0);
            options = kind switch
            {
                EncoderOutputKind.LastHiddenState => options with { LastHiddenStateColumnName = name },
                EncoderOutputKind.PoolerOutput => options with { PoolerOutputColumnName = name },
                EncoderOutputKind.HiddenStates => options with { HiddenStatesColumnName = name, HiddenStatesLayers = layers },
                EncoderOutputKind.Attentions => options with { AttentionsColumnName = name, AttentionsLayers = layers },
                _ => throw Contracts.ExceptDecode(),
            };
        }
        return options with { Model = BertModel.Load(ctx) };
    }
}
