using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertTokenClassifierTransformer
{
    private const byte NoScheme = byte.MaxValue;

    private static BertTokenClassifierEstimator.Options ReadV1(IHostEnvironment env, ModelLoadContext ctx)
    {
        var options = new BertTokenClassifierEstimator.Options
        {
            Batching = BertBatchOptions.ReadV1(ctx.Reader),
            Model = BertModel.Load(ctx),
            OutputColumnName = ctx.LoadNonEmptyString(),
            InputColumnName = ctx.LoadNonEmptyString(),
            TypesColumnName = ctx.LoadNonEmptyString(),
            ScoresColumnName = ctx.LoadNonEmptyString(),
            StartsColumnName = ctx.LoadNonEmptyString(),
            EndsColumnName = ctx.LoadNonEmptyString(),
            Aggregation = (BertAggregation)ctx.Reader.ReadByte(),
            IgnoreLabels = ReadStrings(ctx),
            Stride = ctx.Reader.ReadInt32(),
            MaxLength = ctx.Reader.ReadInt32(),
        };
        if (!ctx.Reader.ReadBoolean())
            return options;
        options = options with { WordLabelsColumnName = ctx.LoadNonEmptyString(), WordScoresColumnName = ctx.LoadNonEmptyString() };
        byte scheme = ctx.Reader.ReadByte();
        return options with { Scheme = scheme == NoScheme ? null : (TagScheme)scheme, Labels = ReadLabels(env, ctx, options) };
    }

    // The list grows while it is read, because the size in the file is not trusted.
    private static List<string> ReadStrings(ModelLoadContext ctx)
    {
        var strings = new List<string>();
        for (int count = ctx.Reader.ReadInt32(); strings.Count < count;)
            strings.Add(ctx.LoadString());
        return strings;
    }
}
