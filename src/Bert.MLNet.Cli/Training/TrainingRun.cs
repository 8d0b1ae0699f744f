using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>The rows of a training.</summary>
internal sealed record TrainingRows<TRow>(TRow[] Train, TRow[] Validation, TRow[] Test);

/// <summary>What a training is told besides its rows.</summary>
/// <param name="Progress">Where it reports.</param>
/// <param name="Cancellation">Ends it with what it has.</param>
internal sealed record TrainingWatch(IProgress<TrainingProgress> Progress, CancellationToken Cancellation);

/// <summary>What all trainings do: read rows, train, measure, save, and report.</summary>
internal static class TrainingRun
{
    /// <summary>Trains on a table of labels what <paramref name="fit"/> makes of the rows: the steps of the model; and leaves a report and a project beside it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, bool isScore, Func<TrainingSettings, IReadOnlyList<string>, ModelCode> code,
        Func<MLContext, BertModel, TrainingRows<LabelledRow>, TrainingWatch, ITransformer[]> fit, CancellationToken cancellation)
    {
        LibraryReference library = options.Library(arguments);
        var sources = new Dictionary<string, TableSource?>();
        return RunAsync(options, arguments, streams, Read, fit, Report, cancellation);

        LabelledRow[] Read(string path)
        {
            LabelledRow[] rows = options.Table.Read(arguments, streams, path, isScore, out TableSource? source);
            sources[path] = source;
            return rows;
        }

        void Report(FinishedTraining<LabelledRow> training)
        {
            string name = options.Name(arguments);
            if (options.Settings(arguments, sources) is { } settings)
            {
                LabelledRow sample = (training.Rows.Test.Length > 0 ? training.Rows.Test : training.Rows.Train)[0];
                ModelCode task = code(settings, [sample.Sentence1, sample.Sentence2]);
                var figures = new Dictionary<string, double> { ["RuntimeInSeconds"] = training.Duration.TotalSeconds, ["Score"] = (double?)training.Metrics[task.MetricName] ?? double.NaN };
                foreach ((string file, string content) in new CodeProject(name, task, settings, library).Files(figures))
                    training.Files.Write(file, content);
            }
            WriteReport(options, arguments, training, row => new DataRow(row.Sentence1, row.Sentence2, row.Label));
        }
    }

    /// <summary>Trains on the rows that <paramref name="read"/> makes of a file, and leaves a report, to which <paramref name="describe"/> says what a row has.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync<TRow>(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, Func<string, TRow[]> read,
        Func<TRow, DataRow> describe, Func<MLContext, BertModel, TrainingRows<TRow>, TrainingWatch, ITransformer[]> fit, CancellationToken cancellation)
        where TRow : class => RunAsync(options, arguments, streams, read, fit, training => WriteReport(options, arguments, training, describe), cancellation);

    private static void WriteReport<TRow>(TrainingOptions options, ParseResult arguments, FinishedTraining<TRow> training, Func<TRow, DataRow> describe)
    {
        IEnumerable<(string Name, TRow[] Rows)> parts = [("learning", training.Rows.Train), ("validation", training.Rows.Validation), .. options.HasTest(arguments) ? [("test", training.Rows.Test)] : Array.Empty<(string, TRow[])>()];
        var report = new TrainingReport(
            options.Name(arguments), arguments.CommandResult.Command.Name, options.Embeds(arguments) ? "embed" : "fine-tune", training.Bert, CommandLine.Of(arguments), training.Duration,
            [.. parts.Where(part => part.Rows.Length > 0).Select(part => new DataPart(part.Name, [.. part.Rows.Select(describe)]))], training.History);
        BertModel trained = training.Model.OfType<BertTaskTransformer>().FirstOrDefault()?.Model ?? training.Bert;
        training.Files.Write("report.html", stream => Markup.Write(ResultReport.Create(training.Context, report, trained, training.Predictions, training.Metrics), stream));
    }

    private static async Task<int> RunAsync<TRow>(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, Func<string, TRow[]> read,
        Func<MLContext, BertModel, TrainingRows<TRow>, TrainingWatch, ITransformer[]> fit, Action<FinishedTraining<TRow>> report, CancellationToken cancellation)
        where TRow : class
    {
        TrainingRows<TRow> rows = options.ReadRows(arguments, read);
        BertModel bert = await options.OpenModelAsync(arguments, cancellation);
        var ml = new MLContext(options.Seed(arguments));
        using CancellationTokenSource limit = options.Limit(arguments, cancellation);
        var history = new TrainingHistory();
        var clock = Stopwatch.StartNew();
        ITransformer[] steps;
        using (var reports = new TrainingReports(arguments, streams))
        {
            history.Next = reports;
            steps = fit(ml, bert, rows, new TrainingWatch(history, limit.Token));
        }
        clock.Stop();
        using var model = new TransformerChain<ITransformer>(steps);

        var metrics = new JsonObject { ["Rows"] = rows.Train.Length, ["TestRows"] = rows.Test.Length, ["TrainingSeconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3) };
        IDataView? predictions = rows.Test.Length > 0 ? Metrics.Keep(ml, model.Transform(ml.Data.LoadFromEnumerable(rows.Test))) : null;
        if (predictions is not null)
        {
            foreach ((string key, JsonNode? value) in Metrics.Of(ml, predictions))
                metrics[key] = value?.DeepClone();
        }
        metrics["Epochs"] = Epochs(history);
        (string folder, string name) = (options.Folder(arguments), options.Name(arguments));
        var files = new TrainedModel(folder, name, streams);
        files.Save(ml, model, ml.Data.LoadFromEnumerable(rows.Train).Schema, metrics);
        report(new FinishedTraining<TRow>(ml, bert, model, rows, predictions, metrics, clock.Elapsed, history, files));
        await files.TellAsync(metrics, Path.Combine(folder, name + ".zip"), arguments);
        return ExitCode.Success;
    }

    /// <summary>Vectors for ML.NET's trainers.</summary>
    public static ITransformer Features(MLContext ml, BertModel bert, IDataView data, bool pairs) => pairs
        ? ml.Transforms.Text.ApplyBertPairEmbedding("Features", nameof(LabelledRow.Sentence1), nameof(LabelledRow.Sentence2), bert).Fit(data)
        : ml.Transforms.Text.ApplyBertEmbedding("Features", nameof(LabelledRow.Sentence1), bert).Fit(data);

    private static JsonArray Epochs(TrainingHistory history) =>
        new([.. history.Validated.Select(report => new JsonObject { ["Epoch"] = report.Epoch, ["Step"] = report.Step, ["Loss"] = ProgressState.Number(report.Loss), [report.MetricName] = ProgressState.Number(report.Metric) })]);

    /// <summary>A training whose model is saved.</summary>
    private sealed record FinishedTraining<TRow>(
        MLContext Context, BertModel Bert, TransformerChain<ITransformer> Model, TrainingRows<TRow> Rows, IDataView? Predictions, JsonObject Metrics, TimeSpan Duration, TrainingHistory History, TrainedModel Files);
}
