using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a step that scores pairs of texts.</summary>
internal sealed record PairScoreColumns(string OutputColumnName, string InputColumnName1, string InputColumnName2)
{
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public StepColumns ToTextColumns() => new StepColumns(
        [(InputColumnName1, nameof(BertCrossEncoderEstimator.Options.InputColumnName1)), (InputColumnName2, nameof(BertCrossEncoderEstimator.Options.InputColumnName2))],
        [PredictionColumn.Regression(OutputColumnName)]).Checked();

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(OutputColumnName);
        ctx.SaveNonEmptyString(InputColumnName1);
        ctx.SaveNonEmptyString(InputColumnName2);
    }

    public static PairScoreColumns Load(ModelLoadContext ctx) => new(ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
}
