using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>question-answering</c>: trains a model that finds the answers to questions in their contexts.</summary>
internal static class QuestionAnsweringVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("QuestionAnswering", MethodOption.Auto, MethodOption.FineTune);
        var metric = new MetricOption<BertAnswerMetric>(options);
        var dataset = new QuestionDataset(options.Table);
        Option<int> top = CommonOptions.TopK("The maximum number of answers that the model returns.");
        var command = new Command(
            "question-answering", "Trains a model that finds the answers to questions in contexts, and writes NAME.zip for ML.NET.");
        options.AddTo(command, "The training data: SQuAD's .json, a .jsonl file with question, context and answer or answers, or a .tsv, " +
            ".csv or .parquet table.");
        options.AddMethodTo(command);
        metric.AddTo(command);
        options.AddLibraryTo(command);
        dataset.AddTo(command);
        options.Table.AddHeaderTo(command);
        command.Options.Add(top);
        command.SetAction((arguments, cancellation) =>
            TrainingRun.RunAsync(options, arguments, streams, new TrainingJob<QuestionAnswerRow>(
            (path, out source) => dataset.Read(arguments, streams, path, out source),
            row => new DataRow(row.Question, row.Context, row.TrainingAnswer.Length > 0 ? "with an answer" : "without"),
            (settings, sample) => QuestionAnsweringCode.Create(settings, arguments.GetValue(top), sample), (ml, bert, rows, watch) =>
        {
            if (rows.Train.All(row => row.TrainingAnswer.Length == 0))
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"None of the {rows.Train.Length} training questions (of {rows.Train.Length + rows.Validation.Length}) has an " +
                        $"answer. Lower --split-ratio, or add questions with answers."));
            IDataView train = ml.Data.LoadFromEnumerable(rows.Train);
            if (watch.Auto is { } auto)
                return [.. auto.Run(ml.BertAuto().CreateQuestionAnsweringExperiment(auto.Apply(new QuestionAnsweringExperimentSettings
                {
                    TopKAnswers = arguments.GetValue(top),
                    OptimizingMetric = metric.Of(arguments),
                })), train, options.HasValidation(arguments) ? ml.Data.LoadFromEnumerable(rows.Validation) : null)];
            QuestionAnswerTrainer.Options training = options.Apply(arguments, bert, watch, new QuestionAnswerTrainer.Options
            {
                TopKAnswers = arguments.GetValue(top),
                ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
            });
            return [ml.MulticlassClassification.Trainers.QuestionAnswer(training).Fit(train)];
        }) { Check = _ => metric.Check(arguments) }, cancellation));
        return command;
    }
}
