using System.Numerics.Tensors;
using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertZeroShotClassifierEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a zero-shot classifier.</summary>
internal static class ZeroShotOutputs
{
    /// <summary>Returns the added columns, as parts of a row whose scores are known.</summary>
    public static AnswerColumns<ZeroShotRow> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<ZeroShotRow>();
        answers.AddValue(PredictionColumn.TextLabel(options.OutputColumnName), BestLabel);
        if (options.CandidateLabelsColumnName is null)
        {
            answers.AddVector(
                PredictionColumn.Scores(options.ScoreColumnName, KeyValues.Of(options.CandidateLabels)), row => row.Scores!);
        }
        else
        {
            answers.AddVector(options.ScoreColumnName, NumberDataViewType.Single, row => row.Scores!);
            answers.AddVector(
                options.LabelsColumnName, TextDataViewType.Instance, row => row.Candidates.Select(label => label.AsMemory()));
        }
        if (options.TopK > 0)
        {
            int size = options.CandidateLabelsColumnName is null ? options.TopK : 0;
            answers.AddVector(options.TopLabelsColumnName, TextDataViewType.Instance,
                row => Top(row).Select(label => row.Candidates[label].AsMemory()), size);
            answers.AddVector(
                options.TopScoresColumnName, NumberDataViewType.Single, row => Top(row).Select(label => row.Scores![label]), size);
        }
        return answers;

        int[] Top(ZeroShotRow row) => Probabilities.Top(row.Scores, Math.Min(options.TopK, row.Candidates.Count));
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) =>
        new StepColumns([(options.InputColumnName, nameof(options.InputColumnName))], AnswersOf(options).Columns)
        {
            Labels = options.CandidateLabelsColumnName is { } name ? (name, nameof(options.CandidateLabelsColumnName)) : null,
        }.Checked();

    /// <summary>Returns the labels of a row with their scores, highest first.</summary>
    public static IReadOnlyList<BertLabelScore> Sorted(ZeroShotRow row) =>
    [
        .. Probabilities.Top(row.Scores, row.Candidates.Count)
            .Select(label => new BertLabelScore(row.Candidates[label], row.Scores![label])),
    ];

    private static ReadOnlyMemory<char> BestLabel(ZeroShotRow row) =>
        row.Candidates.Count == 0 ? default : row.Candidates[TensorPrimitives.IndexOfMax<float>(row.Scores)].AsMemory();
}
