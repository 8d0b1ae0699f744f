using Bert.MLNet.DataViews;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a step that scores pairs of texts.</summary>
internal static class PairScoreColumns
{
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static StepColumns Of(string inputColumnName, string pairColumnName, string outputColumnName) => new StepColumns(
        [
            (inputColumnName, nameof(BertCrossEncoderEstimator.Options.InputColumnName)),
            (pairColumnName, nameof(BertCrossEncoderEstimator.Options.PairColumnName)),
        ],
        [PredictionColumn.Regression(outputColumnName)]).Checked();
}
