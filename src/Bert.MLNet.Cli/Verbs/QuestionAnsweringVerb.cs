using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>question-answering</c>: learns to find the answers to questions in their contexts.</summary>
internal static class QuestionAnsweringVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("QuestionAnswering");
        var dataset = new QuestionDataset(options.Table);
        Option<int> top = CommonOptions.TopK("How many answers the model gives, at most.");
        var command = new Command("question-answering", "Learns to find the answers to questions in contexts, and writes NAME.zip for ML.NET.");
        options.AddTo(command, "What to learn from: SQuAD's .json, .jsonl with question, context and answer or answers, or a .tsv, .csv or .parquet table.");
        options.AddLibraryTo(command);
        dataset.AddTo(command);
        options.Table.AddHeaderTo(command);
        command.Options.Add(top);
        command.SetAction((arguments, cancellation) => TrainingRun.RunAsync(options, arguments, streams, new TrainingTask<QuestionAnswerRow>(
            (path, out source) => dataset.Read(arguments, streams, path, out source),
            row => new DataRow(row.Question, row.Context, row.TrainingAnswer.Length > 0 ? "with an answer" : "without"),
            (settings, sample) => QuestionAnsweringCode.Create(settings, arguments.GetValue(top), sample), (ml, bert, rows, watch) =>
        {
            if (rows.Train.All(row => row.TrainingAnswer.Length == 0))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"No answer is left to learn from ({rows.Train.Length} of {rows.Train.Length + rows.Validation.Length} questions). Lower --split-ratio, or give more questions with answers."));
            QuestionAnswerTrainer.Options training = options.Apply(arguments, bert, watch, new QuestionAnswerTrainer.Options
            {
                TopKAnswers = arguments.GetValue(top),
                ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
            });
            return [ml.MulticlassClassification.Trainers.QuestionAnswer(training).Fit(ml.Data.LoadFromEnumerable(rows.Train))];
        }), cancellation));
        return command;
    }
}
