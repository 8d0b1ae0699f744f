using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Cli.Training;

/// <summary>The rows for training, validation and testing.</summary>
internal sealed record SplitRows<TRow>(TRow[] Train, TRow[] Validation, TRow[] Test);

/// <summary>The progress and cancellation of a training.</summary>
/// <param name="Progress">The receiver of reports.</param>
/// <param name="Cancellation">Ends training with the current result.</param>
internal sealed record TrainingWatch(IProgress<TrainingProgress> Progress, CancellationToken Cancellation)
{
    /// <summary>The search for the best model; null for another method.</summary>
    public AutoRun? Auto { get; init; }

    /// <summary>Called for each embedded row, if there are no epochs.</summary>
    public Action Advance { get; init; } = () => { };

    /// <summary>
    /// Caches rows with their vectors in memory, and reports each one when its vector is computed, because rows are read a window ahead.
    /// </summary>
    public IDataView Cache(MLContext ml, IDataView vectors) => ml.Data.Cache(ml.Data.FilterByCustomPredicate<WatchedRow>(vectors, _ =>
    {
        Advance();
        return false; // keeps all rows
    }));

    private sealed class WatchedRow
    {
        public string Sentence1 { get; set; } = "";
    }
}

/// <summary>Reads rows, and returns the settings for reading them again.</summary>
internal delegate TRow[] RowReader<TRow>(string path, out TableSource source);

/// <summary>The specific parts of a verb that trains.</summary>
/// <param name="Read">Reads the rows of a file.</param>
/// <param name="Describe">Describes a row for the report.</param>
/// <param name="Code">Generates the code of the project from the settings and a row's texts.</param>
/// <param name="Fit">Trains the steps of the model on the rows.</param>
internal sealed record TrainingJob<TRow>(
    RowReader<TRow> Read, Func<TRow, DataRow> Describe, Func<TrainingSettings, IReadOnlyList<string>, ModelCode> Code,
    Func<MLContext, BertModel, SplitRows<TRow>, TrainingWatch, ITransformer[]> Fit)
{
    /// <summary>Throws if the rows contain nothing that can be learned.</summary>
    public Action<SplitRows<TRow>> Check { get; init; } = _ => { };

    /// <summary>
    /// Creates the task whose baselines learn from the rows, behind a first step that maps labels to keys; null if there are none.
    /// </summary>
    public Func<ExperimentTask>? BaselineTask { get; init; }

    /// <summary>Whether labels are numbers to predict.</summary>
    public bool HasNumbers { get; init; }
}

/// <summary>The common steps of training: read rows, train, evaluate, save, and report.</summary>
internal static class TrainingRun
{
    /// <summary>Trains a model, and writes its metrics, a report and a project.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync<TRow>(
        TrainingOptions options, ParseResult arguments, ToolStreams streams, TrainingJob<TRow> task, CancellationToken cancellation)
        where TRow : class
    {
        options.RefuseOverwriting(arguments, ".metrics.json");
        LibraryReference library = options.Library(arguments);
        var sources = new Dictionary<string, TableSource>();
        SplitRows<TRow> rows = options.ReadRows(arguments, path =>
        {
            TRow[] some = task.Read(path, out TableSource source);
            sources[path] = source;
            return some;
        });
        task.Check(rows);
        IReadOnlyList<BertModel> models = await options.Checkpoints.OpenAllAsync(arguments, cancellation);
        BertModel bert = models[0];
        _ = options.Prompt(arguments, bert); // rejected before training
        if (options.MethodExplanation(arguments) is { } explanation)
            streams.Tell(arguments, explanation);
        DataPart[] parts = [.. Parts(rows, options.HasTest(arguments)).Where(part => part.Rows.Length > 0)
            .Select(part => new DataPart(part.Name, [.. part.Rows.Select(task.Describe)])
            {
                HasNumbers = task.HasNumbers,
                IgnoredRows = part.Rows == rows.Train ? sources[options.Dataset(arguments)].IgnoredRows : 0,
            })];
        string[] warnings = [.. DataWarnings.Of(parts, bert)];
        foreach (string warning in warnings)
            streams.Tell(arguments, warning);
        var ml = new MLContext(options.Seed(arguments));
        using CancellationTokenSource limit = options.Limit(arguments, cancellation);
        var history = new TrainingHistory();
        using AutoRun? auto = options.IsAuto(arguments) ? new(options, arguments, streams, models, cancellation) : null;
        var clock = Stopwatch.StartNew();
        ITransformer[] steps;
        // Only one bar at a time: a terminal has no space for both.
        using (TrainingMessages? reports = auto is not null || options.Embeds(arguments) ? null : new(arguments, streams))
        using (LineProgress? vectors = options.Embeds(arguments) ? new(arguments, streams, 0, rows.Train.Length) : null)
        {
            history.Next = reports;
            try
            {
                steps = task.Fit(ml, bert, rows, new TrainingWatch(history, limit.Token) { Advance = Advance, Auto = auto });
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation); // ML.NET's threads rethrow it as another exception
            }

            void Advance()
            {
                cancellation.ThrowIfCancellationRequested();
                vectors?.Advance();
            }
        }
        clock.Stop();
        bool isValidated = MethodOption.FineTunes(options.Method(arguments)) && rows.Validation.Length > 0;
        if (history.Shortfall(isValidated) is { } shortfall)
            streams.Tell(arguments, shortfall);
        bert = auto?.Best.Model ?? bert;
        using var model = new TransformerChain<ITransformer>(steps);

        var metrics = new JsonObject
        {
            ["Rows"] = rows.Train.Length,
            ["TestRows"] = rows.Test.Length,
            ["TrainingSeconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3),
        };
        IDataView? predictions = rows.Test.Length > 0 ? model.Transform(ml.Data.LoadFromEnumerable(rows.Test)) : null;
        using BertPairEmbeddingTransformer? baseline = predictions is null ? null : CosineBaseline.Create(ml, bert, predictions);
        predictions = predictions is null ? null : Metrics.Keep(ml, baseline?.Transform(predictions) ?? predictions);
        NGramResult? ngrams = null;
        if (predictions is not null)
        {
            foreach ((string key, JsonNode? value) in Metrics.Of(ml, predictions))
                metrics[key] = value?.DeepClone();
            BaselineMetrics.AddTo(metrics, ml, predictions);
            if (task.BaselineTask?.Invoke() is { } learned)
                LearnBaselines(learned);
        }
        metrics["Epochs"] = Epochs(history);
        if (history.Reports is [.., { StopReason: { } reason }])
            metrics["StopReason"] = reason;
        auto?.AddTo(metrics);
        (string folder, string name) = (options.Folder(arguments), options.Name(arguments));
        var files = new TrainedModel(folder, name, streams);

        DataRow sample = parts[^1].Rows[0];
        TrainingSettings settings = options.Settings(arguments, bert, rows.Train.Length, sources);
        settings = auto?.Describe(settings) ?? settings;
        ModelCode code = task.Code(settings, [sample.Text, sample.Pair]);
        string verb = arguments.CommandResult.Command.Name, method = auto?.Method ?? options.Method(arguments), command =
            CommandLine.Of(arguments);
        TrainingFacts.AddTo(
            metrics, warnings, (TrainingFacts.Task, verb), (TrainingFacts.Method, method), (TrainingFacts.Model, settings.Model),
            (TrainingFacts.Dataset, Path.GetFileName(settings.Source.Path)),
            (TrainingFacts.TestDataset, Path.GetFileName((settings.Test ?? settings.Validation ?? settings.Source).Path)),
            (TrainingFacts.Pair, sample.Pair.Length > 0 ? "true" : ""), (TrainingFacts.Command, command));
        files.Save(ml, model, TrainedColumns.AddTo(ml.Data.LoadFromEnumerable(rows.Train).Schema, code, settings.Source), metrics);
        var figures = new Dictionary<string, double>
        {
            ["RuntimeInSeconds"] = clock.Elapsed.TotalSeconds,
            ["Score"] = (double?)metrics[code.MetricName] ?? double.NaN,
        };
        foreach ((string file, string content) in new CodeProject(name, code, settings, library).Files(figures))
            files.Write(file, content);

        var report = new TrainingReport(
            name, verb, method, bert, command, clock.Elapsed, parts, history) { Search = auto?.Result, NGrams = ngrams };
        BertModel trained = model.OfType<BertTransformer>().FirstOrDefault()?.Model ?? bert;
        files.Write("report.html", stream => Markup.Write(
            ResultReport.Create(ml, report, trained, predictions, metrics, code.MetricName), stream));
        if (BaselineMetrics.Warning(metrics, code.MetricName) is { } unlearnt)
            streams.Tell(arguments, unlearnt);
        string path = Path.Combine(folder, name + ".zip");
        await files.TellAsync(metrics, path, arguments);
        files.TellNext(arguments, CommandLine.ToAsk("predict", path, sample.Text, sample.Pair));
        return ExitCode.Success;

        // A trained model is saved even if a baseline fails, or is cancelled.
        void LearnBaselines(ExperimentTask learned)
        {
            try
            {
                ngrams = BaselineMetrics.AddLearnedTo(
                    metrics, ml, predictions, learned, Keyed(rows.Train), Keyed(rows.Test), options.Seed(arguments), cancellation);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                streams.Tell(arguments, cancellation.IsCancellationRequested
                    ? "The n-grams for comparison were not trained: the run was cancelled."
                    : $"The n-grams for comparison were not trained: {error.Message}");
            }
        }

        IDataView Keyed(TRow[] part)
        {
            IDataView data = ml.Data.LoadFromEnumerable(part);
            return steps[0] is ValueToKeyMappingTransformer keys ? keys.Transform(data) : data;
        }
    }

    /// <summary>The rows for each purpose.</summary>
    public static IEnumerable<(string Name, TRow[] Rows)> Parts<TRow>(SplitRows<TRow> rows, bool hasTest) =>
        [
            ("training", rows.Train), (DataPart.Validation, rows.Validation),
            .. hasTest ? [("test", rows.Test)] : Array.Empty<(string, TRow[])>(),
        ];

    /// <summary>The losses and the metric of each validated epoch.</summary>
    public static JsonArray Epochs(TrainingHistory history) =>
        new([.. history.Validated.Select(
            report => new JsonObject
            {
                ["Epoch"] = report.Epoch,
                ["Step"] = report.Step,
                ["Loss"] = ProgressState.Number(report.Loss),
                ["ValidationLoss"] = ProgressState.Number(report.ValidationLoss),
                [report.MetricName] = ProgressState.Number(report.Metric),
            })]);
}
