using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>evaluate</c>: how good a trained model is on a table.</summary>
internal static class EvaluateVerb
{
    public static Command Create(ToolStreams streams)
    {
        var model = new Option<string>("--model") { Description = "A model.zip of text-classification or sentence-similarity.", Required = true };
        var dataset = new Option<string>("--dataset") { Description = "The table: .tsv, .csv or .jsonl.", Required = true };
        var table = new TableOptions();
        var command = new Command("evaluate", "Measures a trained model on a table, and prints its metrics as JSON.") { model, dataset };
        table.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            var ml = new MLContext();
            ITransformer transformer = ml.Model.Load(arguments.GetRequiredValue(model), out DataViewSchema schema);
            using var owner = transformer as IDisposable;
            bool isScore = transformer.GetOutputSchema(schema).GetColumnOrNull("PredictedLabel") is null;
            LabelledRow[] rows = table.Read(arguments, arguments.GetRequiredValue(dataset), isScore, streams.Error);
            JsonObject metrics = Metrics.Of(ml, transformer.Transform(ml.Data.LoadFromEnumerable(rows)));
            await arguments.InvocationConfiguration.Output.WriteLineAsync(metrics.ToJsonString());
            return ExitCode.Success;
        });
        return command;
    }
}
