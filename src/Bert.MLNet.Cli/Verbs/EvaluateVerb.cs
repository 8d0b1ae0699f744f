using System.CommandLine;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>evaluate</c>: how good a trained model is on a data set.</summary>
internal static class EvaluateVerb
{
    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A model.zip that a verb of this tool has trained.", Required = true };
        var dataset = new Option<string>("--dataset") { Description = "The data set, in the form that the training took.", Required = true };
        var table = new TableOptions();
        var entities = new EntityDataset(table);
        var questions = new QuestionDataset(table);
        var command = new Command("evaluate", "Measures a trained model on a data set, and prints its metrics as JSON.") { model, dataset };
        table.AddTo(command);
        questions.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            var ml = new MLContext();
            ITransformer transformer = ml.Model.Load(arguments.GetRequiredValue(model), out DataViewSchema schema);
            using var owner = transformer as IDisposable;
            DataViewSchema columns = transformer.GetOutputSchema(schema);
            string path = arguments.GetRequiredValue(dataset);
            IDataView rows = columns.GetColumnOrNull(nameof(FoundEntities.EntityStarts)) is not null ? ml.Data.LoadFromEnumerable(entities.Read(arguments, streams, path))
                : columns.GetColumnOrNull(nameof(FoundAnswers.AnswerStart)) is not null ? ml.Data.LoadFromEnumerable(questions.Read(arguments, streams, path))
                : ml.Data.LoadFromEnumerable(table.Read(arguments, streams, path, isScore: columns.GetColumnOrNull("PredictedLabel") is null, out _));
            await arguments.InvocationConfiguration.Output.WriteLineAsync(Metrics.Of(ml, transformer.Transform(rows)).ToJsonString());
            return ExitCode.Success;
        });
        return command;
    }
}
