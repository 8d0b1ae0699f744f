using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>distill</c>: trains a small checkpoint to imitate a larger one.</summary>
internal static class DistillVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("Distilled");
        var distillation = new DistillationOptions();
        var command = new Command(
            "distill", "Trains a small checkpoint, the student, to imitate a larger one, the teacher: its vectors or, if the data set " +
            "has labels, its predictions for texts, pairs or words. The student is --model, or a part of the teacher.");
        options.AddTo(command, "The texts: a .txt file with one text per line, or a .tsv, .csv, .jsonl or .parquet table with a column " +
            "of texts. With --label-col, a table of texts or pairs with labels. For a teacher that finds entities, the data of " +
            "named-entity-recognition.", "the folder NAME, its metrics and, with labels, NAME.zip");
        distillation.AddTo(command);
        options.Table.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            options.RefuseOverwriting(arguments, "");
            BertModel teacher = await distillation.OpenTeacherAsync(arguments, cancellation);
            bool findsEntities = teacher.Config.Head(HeadKind.TokenClassification) is { } head && teacher.Config.Names(head);
            bool hasLabels = findsEntities || options.Table.Columns(arguments).Label is not null;
            distillation.Check(arguments, hasLabels, options.Checkpoints.IsSpecified(arguments));
            if (!hasLabels && options.HasTest(arguments))
                throw new UsageException("--test-dataset requires --label-col: vectors have no labels to be compared with.");
            if (!hasLabels && options.Table.HasPair(arguments))
                throw new UsageException("--sentence2-col requires --label-col: each text has a vector of its own.");
            var tasks = new TeacherTasks(options, distillation, arguments, streams, teacher);
            using var vectors = new TeacherMessages(arguments, streams);
            return await (findsEntities ? RunAsync(tasks.Entities())
                : !hasLabels ? RunAsync(tasks.Vectors(vectors))
                : options.Table.HasPair(arguments) && teacher.Config.NumLabels == 1 ? RunAsync(tasks.Scores())
                : RunAsync(tasks.Labels()));

            async Task<int> RunAsync<TRow>(DistillJob<TRow> job)
                where TRow : class
            {
                SplitRows<TRow> rows = options.ReadRows(arguments, job.Read);
                job.Check(rows);
                BertModel student = distillation.Reduce(
                    arguments,
                    options.Checkpoints.IsSpecified(arguments) ? await options.Checkpoints.OpenAsync(arguments, cancellation) : teacher,
                    rows.Train.Concat(rows.Validation).SelectMany(job.Texts), cancellation);
                streams.Tell(arguments, $"Teacher: {teacher}; student: {student}, {student.Config.VocabSize} tokens.");
                (string folder, string name) = (options.Folder(arguments), options.Name(arguments));
                Directory.CreateDirectory(folder);
                var ml = new MLContext(options.Seed(arguments));
                using CancellationTokenSource limit = options.Limit(arguments, cancellation);
                var history = new TrainingHistory();
                ITransformer[] steps;
                using (var reports = new TrainingMessages(arguments, streams))
                {
                    history.Next = reports;
                    steps = job.Fit(ml, student, rows, new TrainingWatch(history, limit.Token));
                }
                using var model = new TransformerChain<ITransformer>(steps);
                var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["ValidationRows"] = rows.Validation.Length };
                if (history.Best is { } best)
                    metrics[best.MetricName] = ProgressState.Number(best.Metric);
                var files = new TrainedModel(folder, name, streams);
                string path = Path.Combine(folder, name);
                steps.OfType<BertTransformer>().Single().Model.SavePretrained(path);
                if (job.Predicts)
                    Evaluate(ml, model, rows, metrics, files);
                else
                    files.Save(metrics);
                await files.TellAsync(metrics, path, arguments);
                return ExitCode.Success;
            }
        });
        return command;
    }

    private static void Evaluate<TRow>(
        MLContext ml, TransformerChain<ITransformer> model, SplitRows<TRow> rows, JsonObject metrics, TrainedModel files)
        where TRow : class
    {
        if (rows.Test.Length > 0)
        {
            IDataView predictions = Metrics.Keep(ml, model.Transform(ml.Data.LoadFromEnumerable(rows.Test)));
            foreach ((string key, JsonNode? value) in Metrics.Of(ml, predictions))
                metrics[key] = value?.DeepClone();
        }
        files.Save(ml, model, ml.Data.LoadFromEnumerable(rows.Train).Schema, metrics);
    }
}
