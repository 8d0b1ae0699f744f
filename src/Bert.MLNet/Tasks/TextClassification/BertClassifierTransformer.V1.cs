using Bert.MLNet.DataViews;
using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

// Reading of model files of version 1.
public sealed partial class BertClassifierTransformer
{
    private static BertClassifierEstimator.Options ReadV1(IHostEnvironment env, ModelLoadContext ctx)
    {
        var options = new BertClassifierEstimator.Options
        {
            Batching = BertBatchOptions.ReadV1(ctx.Reader),
            Model = BertModel.Load(ctx),
            Head = (HeadKind)ctx.Reader.ReadByte(),
            OutputColumnName = ctx.LoadNonEmptyString(),
            InputColumnName = ctx.LoadNonEmptyString(),
            PairColumnName = ctx.LoadStringOrNull(),
            ScoreColumnName = ctx.LoadNonEmptyString(),
            ProbabilityColumnName = ctx.LoadStringOrNull(),
            LogitsColumnName = ctx.LoadStringOrNull(),
            TopK = ctx.Reader.ReadInt32(),
            TopLabelsColumnName = ctx.LoadNonEmptyString(),
            TopScoresColumnName = ctx.LoadNonEmptyString(),
            ProblemType = (BertProblemType)ctx.Reader.ReadByte(),
            MaxLength = ctx.Reader.ReadInt32(),
        };
        KeyValues labels = KeyValues.Load(ctx, env, options.LabelCount);
        return options with { Labels = labels, Thresholds = [.. Enumerable.Range(0, labels.Count).Select(_ => ctx.Reader.ReadSingle())] };
    }
}
