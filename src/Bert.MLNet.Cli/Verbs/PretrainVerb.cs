using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>pretrain</c>: continues the pretraining of a checkpoint on texts, with masked words.</summary>
internal static class PretrainVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("Pretrained");
        var command = new Command(
            "pretrain", "Continues the pretraining of a checkpoint on texts without labels, and writes the folder NAME in HuggingFace's " +
            "format.");
        options.AddTo(command, "The texts: a .txt file with one text per line, or a .tsv, .csv, .jsonl or .parquet table with a column " +
            "of texts.", "the folder NAME and its metrics");
        options.Table.AddTextTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            options.RefuseOverwriting(arguments, "");
            SplitRows<TextInput> rows = options.ReadRows(arguments, path =>
                Array.ConvertAll(options.Table.ReadLines(arguments, streams, path), text => new TextInput { Text = text }));
            BertModel bert = await options.Checkpoints.OpenAsync(arguments, cancellation);
            var ml = new MLContext(options.Seed(arguments));
            using CancellationTokenSource limit = options.Limit(arguments, cancellation);
            using var reports = new TrainingMessages(arguments, streams);
            MaskedLanguageModelTrainer.Options training =
                options.Apply(arguments, bert, new TrainingWatch(reports, limit.Token), new MaskedLanguageModelTrainer.Options
            {
                ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
            });
            using BertFillMaskTransformer trained =
                ml.MulticlassClassification.Trainers.MaskedLanguageModel(training).Fit(ml.Data.LoadFromEnumerable(rows.Train));

            var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["TestRows"] = rows.Test.Length };
            if (rows.Test.Length > 0)
            {
                MaskedLanguageModelMetrics measured =
                    ml.MulticlassClassification.EvaluateMaskedLanguageModel(ml.Data.LoadFromEnumerable(rows.Test), model: trained.Model);
                (metrics["Accuracy"], metrics["LogLoss"], metrics["Perplexity"]) =
                    (ProgressState.Number(measured.Accuracy), ProgressState.Number(measured.LogLoss),
                        ProgressState.Number(measured.Perplexity));
            }
            (string folder, string name) = (options.Folder(arguments), options.Name(arguments));
            string path = Path.Combine(folder, name);
            trained.Model.SavePretrained(path);
            var files = new TrainedModel(folder, name, streams);
            files.Save(metrics);
            await files.TellAsync(metrics, path, arguments);
            return ExitCode.Success;
        });
        return command;
    }
}
