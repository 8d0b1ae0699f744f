using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

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
            "has labels, its predictions. The student is --model, or a part of the teacher.");
        options.AddTo(command, "The texts: a .txt file with one text per line, or a .tsv, .csv, .jsonl or .parquet table with a column " +
            "of texts. With --label-col, a table of texts with labels.", "the folder NAME, its metrics and, with --label-col, NAME.zip");
        distillation.AddTo(command);
        options.Table.AddLabelledTextTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            options.RefuseOverwriting(arguments, "");
            bool hasLabels = options.Table.Columns(arguments).Label is not null;
            distillation.Check(arguments, hasLabels, options.HasModel(arguments));
            if (!hasLabels && options.HasTest(arguments))
                throw new UsageException("--test-dataset requires --label-col: vectors have no labels to be compared with.");
            SplitRows<LabelledRow> rows = options.ReadRows(arguments, path => hasLabels
                ? options.Table.Read(arguments, streams, path, isScore: false, out _)
                : [.. options.Table.ReadLines(arguments, streams, path).Select(text => new LabelledRow { Sentence1 = text })]);
            if (hasLabels)
                options.Trainable(arguments).CheckLabels(rows);
            BertModel teacher = await distillation.OpenTeacherAsync(arguments, cancellation);
            BertModel student = distillation.Reduce(
                arguments, options.HasModel(arguments) ? await options.OpenModelAsync(arguments, cancellation) : teacher,
                rows.Train.Concat(rows.Validation).Select(row => row.Sentence1), cancellation);
            streams.Tell(arguments, $"Teacher: {teacher}; student: {student}, {student.Config.VocabSize} tokens.");

            (string folder, string name) = (options.Folder(arguments), options.Name(arguments));
            Directory.CreateDirectory(folder);
            var ml = new MLContext(options.Seed(arguments));
            using CancellationTokenSource limit = options.Limit(arguments, cancellation);
            var history = new TrainingHistory();
            ITransformer[] steps;
            using (var reports = new TrainingMessages(arguments, streams))
            using (var vectors = new TeacherMessages(arguments, streams))
            {
                history.Next = reports;
                var watch = new TrainingWatch(history, limit.Token);
                steps = hasLabels
                    ? FitLabels(options, arguments, ml, student, rows, watch, distillation.Of(arguments, teacher))
                    : [FitVectors(options, arguments, ml, student, rows, watch, distillation.Loss(
                        arguments, teacher, options.Kept(arguments, ".teacher"), vectors))];
            }
            using var model = new TransformerChain<ITransformer>(steps);
            var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["ValidationRows"] = rows.Validation.Length };
            if (history.Best is { } best)
                metrics[best.MetricName] = ProgressState.Number(best.Metric);
            var files = new TrainedModel(folder, name, streams);
            string path = Path.Combine(folder, name);
            steps.OfType<BertTransformer>().Single().Model.SavePretrained(path);
            if (hasLabels)
                Evaluate(ml, model, rows, metrics, files);
            else
                files.Save(metrics);
            await files.TellAsync(metrics, path, arguments);
            return ExitCode.Success;
        });
        return command;
    }

    private static BertEmbeddingTransformer FitVectors(
        TrainingOptions options, ParseResult arguments, MLContext ml, BertModel student, SplitRows<LabelledRow> rows, TrainingWatch watch,
        SentenceLoss loss)
    {
        SentenceEmbeddingTrainer.Options training = options.Apply(arguments, student, watch, new SentenceEmbeddingTrainer.Options
        {
            Loss = loss,
            ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
        });
        return ml.Ranking.Trainers.SentenceEmbedding(training).Fit(ml.Data.LoadFromEnumerable(rows.Train));
    }

    private static ITransformer[] FitLabels(
        TrainingOptions options, ParseResult arguments, MLContext ml, BertModel student, SplitRows<LabelledRow> rows, TrainingWatch watch,
        BertDistillation distillation)
    {
        ValueToKeyMappingTransformer keys =
            ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Fit(ml.Data.LoadFromEnumerable(rows.Train.Concat(rows.Validation)));
        IDataView train = keys.Transform(ml.Data.LoadFromEnumerable(rows.Train));
        TextClassificationTrainer.Options training = options.Apply(arguments, student, watch, new TextClassificationTrainer.Options
        {
            Distillation = distillation,
            ValidationSet = rows.Validation.Length > 0 ? keys.Transform(ml.Data.LoadFromEnumerable(rows.Validation)) : null,
        });
        BertClassifierTransformer fitted = ml.MulticlassClassification.Trainers.TextClassification(training).Fit(train);
        return [keys, fitted, ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(fitted.Transform(train))];
    }

    private static void Evaluate(
        MLContext ml, TransformerChain<ITransformer> model, SplitRows<LabelledRow> rows, JsonObject metrics, TrainedModel files)
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
