using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of an explanation.</summary>
internal static class ExplanationOutputs
{
    /// <summary>Returns the added columns, as parts of an explanation.</summary>
    public static AnswerColumns<BertExplanation> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<BertExplanation>();
        answers.AddVector(options.OutputColumnName, TextDataViewType.Instance, answer => answer.Words.Select(word => word.Word.AsMemory()));
        answers.AddVector(options.WeightsColumnName, NumberDataViewType.Single, answer => answer.Words.Select(word => word.Weight));
        answers.AddVector(options.StartsColumnName, NumberDataViewType.Int32, answer => answer.Words.Select(word => word.Start));
        answers.AddVector(options.EndsColumnName, NumberDataViewType.Int32, answer => answer.Words.Select(word => word.End));
        if (options.PairColumnName is not null)
        {
            answers.AddVector(
                options.SequenceIdsColumnName, NumberDataViewType.Int32, answer => answer.Words.Select(word => word.SequenceId));
        }
        if (options.Target == BertExplanationTarget.Label)
            answers.AddValue(options.LabelColumnName, TextDataViewType.Instance, answer => answer.Label.AsMemory());
        answers.AddValue(options.ScoreColumnName, NumberDataViewType.Single, answer => answer.Score);
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options)
    {
        (string, string)[] inputs = [(options.InputColumnName, nameof(options.InputColumnName))];
        if (options.PairColumnName is { } pair)
            inputs = [.. inputs, (pair, nameof(options.PairColumnName))];
        return new StepColumns(inputs, AnswersOf(options).Columns).Checked();
    }
}
