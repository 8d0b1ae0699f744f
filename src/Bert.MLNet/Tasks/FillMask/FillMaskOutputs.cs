using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertFillMaskEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a fill-mask step.</summary>
internal static class FillMaskOutputs
{
    /// <summary>Returns the added columns, as parts of the predictions for the masks of a text, [masks, k].</summary>
    public static AnswerColumns<IReadOnlyList<FilledText>> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<IReadOnlyList<FilledText>>();
        answers.AddVector(
            options.OutputColumnName, TextDataViewType.Instance, filled => filled.Select(text => text.Token.AsMemory()), 0, options.TopK);
        answers.AddVector(
            options.ScoresColumnName, NumberDataViewType.Single, filled => filled.Select(text => text.Score), 0, options.TopK);
        answers.AddVector(
            options.FilledTextsColumnName,
            TextDataViewType.Instance,
            filled => filled.Select(text => text.Text.AsMemory()),
            0,
            options.TopK);
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) =>
        new StepColumns([(options.InputColumnName, nameof(options.InputColumnName))], AnswersOf(options).Columns).Checked();
}
