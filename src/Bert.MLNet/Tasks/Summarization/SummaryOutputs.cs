using Bert.MLNet.DataViews;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertExtractiveSummarizerEstimator.Options;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of an extractive summarizer.</summary>
internal static class SummaryOutputs
{
    /// <summary>Returns the added columns, as parts of a text and its summary.</summary>
    public static AnswerColumns<(ReadOnlyMemory<char> Text, SentenceSummary Summary)> AnswersOf(Options options)
    {
        var answers = new AnswerColumns<(ReadOnlyMemory<char> Text, SentenceSummary Summary)>();
        answers.AddValue(
            options.OutputColumnName, TextDataViewType.Instance, row => row.Summary.Join(row.Text, options.Separator).AsMemory());
        answers.AddVector(options.IndexesColumnName, NumberDataViewType.Int32, row => row.Summary.Picked);
        answers.AddVector(options.ScoresColumnName, NumberDataViewType.Single, row => row.Summary.Scores);
        answers.AddVector(
            options.StartsColumnName, NumberDataViewType.Int32, row => row.Summary.Sentences.Select(sentence => sentence.Start));
        answers.AddVector(options.EndsColumnName, NumberDataViewType.Int32, row => row.Summary.Sentences.Select(sentence => sentence.End));
        return answers;
    }

    /// <summary>Returns the columns that are read and added.</summary>
    /// <exception cref="ArgumentException">A name is empty, or two outputs have the same name.</exception>
    public static StepColumns ColumnsOf(Options options) =>
        new StepColumns([(options.InputColumnName, nameof(options.InputColumnName))], AnswersOf(options).Columns).Checked();
}
