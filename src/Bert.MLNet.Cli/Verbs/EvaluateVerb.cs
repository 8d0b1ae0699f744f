using System.CommandLine;
using System.Text;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>evaluate</c>: evaluates a trained model on a data set.</summary>
internal static class EvaluateVerb
{
    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A model.zip that this tool trained.", Required = true };
        var device = new DeviceOption();
        var dataset = new Option<string>("--dataset")
        {
            Description = "The data set, in one of the formats for training; '-' is JSON lines on standard input.",
            Required = true,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write the metrics to; '-' is standard output.",
            DefaultValueFactory = _ => LineFile.Pipe,
        };
        var table = new TableOptions();
        var entities = new EntityDataset(table);
        var questions = new QuestionDataset(table);
        var command = new Command("evaluate", "Evaluates a trained model on a data set and prints its metrics as JSON.")
        {
            model,
            dataset,
            output,
        };
        table.AddTo(command);
        questions.AddTo(command);
        device.AddTo(command);
        command.SetAction(arguments =>
        {
            MLContext ml = device.CreateContext(arguments);
            ITransformer transformer = ModelFile.Open(ml, arguments.GetRequiredValue(model), out DataViewSchema? schema);
            using var owner = transformer as IDisposable;
            DataViewSchema columns = transformer.GetOutputSchema(schema ?? new DataViewSchema.Builder().ToSchema());
            string path = arguments.GetRequiredValue(dataset);
            Overwriting.Refuse(arguments.GetRequiredValue(output), path, arguments.GetRequiredValue(model));
            TrainedColumns trained = TrainedColumns.Of(schema);
            IDataView rows = columns.GetColumnOrNull(nameof(FoundEntities.EntityStarts)) is not null
                ? ml.Data.LoadFromEnumerable(entities.Read(arguments, streams, path, out _, trained))
                : columns.GetColumnOrNull(nameof(FoundAnswers.AnswerStart)) is not null
                    ? ml.Data.LoadFromEnumerable(questions.Read(arguments, streams, path, out _, trained))
                : columns.GetColumnOrNull(nameof(WrittenText.PredictedText)) is not null
                    ? ml.Data.LoadFromEnumerable(table.Read(arguments, streams, path, isScore: false, out _, trained)
                        .Select(row => new SourceRow { Source = row.Sentence1, Target = row.Label }).ToArray())
                : ml.Data.LoadFromEnumerable(Labelled());
            string metrics = Metrics.Of(ml, transformer.Transform(rows)).ToJsonString();
            using OutputFile file = OutputFile.Create(arguments.GetRequiredValue(output), streams);
            file.Stream.Write(Encoding.UTF8.GetBytes(metrics + "\n"));
            file.Commit();
            return ExitCode.Success;

            LabelledRow[] Labelled()
            {
                LabelledRow[] rows = table.Read(
                    arguments, streams, path, isScore: columns.GetColumnOrNull("PredictedLabel") is null, out _, trained);
                MeasuredTable.Check(transformer, schema, path, rows);
                return rows;
            }
        });
        return command;
    }
}
