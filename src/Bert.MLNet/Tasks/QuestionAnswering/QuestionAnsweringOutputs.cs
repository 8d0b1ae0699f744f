using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertQuestionAnsweringEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of a question answering step.</summary>
internal static class QuestionAnsweringOutputs
{
    /// <summary>Returns the added columns, as parts of an answer.</summary>
    public static AnswerColumns<AnswersInContext> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<AnswersInContext>();
        if (options.TopK is null)
        {
            answers.AddValue(options.OutputColumnName, TextDataViewType.Instance, answer => answer.TextOf(answer.Best));
            answers.AddValue(options.ScoreColumnName, NumberDataViewType.Single, answer => answer.Best.Score);
            answers.AddValue(options.StartColumnName, NumberDataViewType.Int32, answer => answer.Best.Start);
            answers.AddValue(options.EndColumnName, NumberDataViewType.Int32, answer => answer.Best.End);
        }
        else
        {
            answers.AddVector(options.OutputColumnName, TextDataViewType.Instance, answer => answer.Answers.Select(answer.TextOf));
            answers.AddVector(options.ScoreColumnName, NumberDataViewType.Single, answer => answer.Answers.Select(span => span.Score));
            answers.AddVector(options.StartColumnName, NumberDataViewType.Int32, answer => answer.Answers.Select(span => span.Start));
            answers.AddVector(options.EndColumnName, NumberDataViewType.Int32, answer => answer.Answers.Select(span => span.End));
        }
        if (options.NoAnswerColumnName is { } noAnswer)
            answers.AddValue(noAnswer, NumberDataViewType.Single, answer => answer.NoAnswer);
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) => new StepColumns(
        [(options.QuestionColumnName, nameof(options.QuestionColumnName)), (options.ContextColumnName, nameof(options.ContextColumnName))],
        AnswersOf(options).Columns).Checked();
}
