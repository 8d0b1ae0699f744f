using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertSequenceToSequenceEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a step that writes texts.</summary>
internal static class SequenceToSequenceOutputs
{
    /// <summary>Returns the added columns, as parts of a row whose texts are known.</summary>
    public static AnswerColumns<WrittenRow> AnswersOf(Options options)
    {
        BertTokenizer tokenizer = options.Checkpoint.RequireDecoder().Tokenizer;
        var answers = new AnswerColumns<WrittenRow>();
        answers.AddValue(options.OutputColumnName, TextDataViewType.Instance, row => row.Texts(tokenizer).FirstOrDefault().AsMemory());
        if (options.ScoreColumnName is { } score)
            answers.AddValue(score, NumberDataViewType.Single, row => row.Scores.FirstOrDefault(float.NaN));
        if (options.TextsColumnName is { } texts)
            answers.AddVector(texts, TextDataViewType.Instance, row => row.Texts(tokenizer).Select(text => text.AsMemory()));
        if (options.ScoresColumnName is { } scores)
            answers.AddVector(scores, NumberDataViewType.Single, row => row.Scores);
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) =>
        new StepColumns([(options.InputColumnName, nameof(options.InputColumnName))], AnswersOf(options).Columns).Checked();
}
