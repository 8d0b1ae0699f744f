using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Verbs;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>The verbs that train a checkpoint to write texts.</summary>
internal sealed class WritingTraining
{
    private readonly WritingTask _task;
    private readonly ToolStreams _streams;
    private readonly TrainingOptions _options;
    private readonly SourceColumns _columns;
    private readonly WritingMethod _abstractive;
    private readonly WritingMethod? _extractive;
    private readonly ComputeOptions _compute = new();

    private readonly SummaryMethod _method = new(
        "What is learned: abstractive writes summaries in new words; extractive picks sentences of the text.", SummaryMethod.Abstractive);

    private readonly Option<double?> _dropout = new("--dropout") { Description = "The dropout probability. Default: the checkpoint's." };

    private readonly Option<int?> _tokens = new("--tokens-per-batch")
    {
        Description = "The maximum number of tokens in a batch, padding included, instead of --batch-size.",
    };

    private WritingTraining(WritingTask task, ToolStreams streams)
    {
        (_task, _streams) = (task, streams);
        _options = new TrainingOptions(task.Name);
        _columns = new SourceColumns(_options.Table);
        (_abstractive, _extractive) = (new AbstractiveMethod(task), task.CanPick ? new ExtractiveMethod(task) : null);
        CommonOptions.Require(_dropout, value => value is null or >= 0 and < 1, "at least 0 and less than 1");
        CommonOptions.Require(_tokens, value => value is null or >= 1, "at least 1");
    }

    /// <summary>Gives a verb its options and its action.</summary>
    public static Command CreateVerb(Command command, WritingTask task, ToolStreams streams)
    {
        var training = new WritingTraining(task, streams);
        training._options.AddTo(
            command, "The training table: .tsv, .csv, .jsonl or .parquet.",
            "the checkpoint NAME, NAME.zip, its metrics, a report, and a project that uses it");
        training._options.AddLibraryTo(command);
        training._columns.AddTo(command);
        if (training._extractive is { } extractive)
            training._method.AddTo(command, extractive.Options, training._abstractive.Options);
        IEnumerable<Option> own = training._extractive is null ? training._abstractive.Options : [];
        foreach (Option option in (IEnumerable<Option>)[.. own, training._dropout, training._tokens, .. training._compute.All])
            command.Options.Add(option);
        command.SetAction(training.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        foreach (string ending in new[] { "", ".zip", ".metrics.json" })
            _options.RefuseOverwriting(arguments, ending);
        LibraryReference library = _options.Library(arguments);
        var sources = new Dictionary<string, TableSource>();
        SplitRows<SourceRow> rows = _options.ReadRows(arguments, path =>
        {
            SourceRow[] some = _columns.Read(arguments, _streams, path, out TableSource source);
            sources[path] = source;
            return some;
        });
        BertModel bert = await _options.Checkpoints.OpenAsync(arguments, cancellation);
        WritingMethod method = _extractive is { } picks && _method.IsExtractive(arguments) ? picks : _abstractive;
        WritingPlan plan = method.Plan(arguments, bert, rows.Train.Select(row => row.Target), _options.Seed(arguments), cancellation);
        _streams.Tell(arguments, plan.About);
        var ml = new MLContext(_options.Seed(arguments));
        var history = new TrainingHistory();
        var clock = Stopwatch.StartNew();
        BertTrainingOptions training = _compute.Apply(arguments, plan.Options with
        {
            ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
            Dropout = arguments.GetValue(_dropout),
            TokensPerBatch = arguments.GetValue(_tokens),
        });
        using BertTransformer trained = Train(ml, arguments, plan, training, rows, history, cancellation);
        clock.Stop();

        var metrics = new JsonObject
        {
            ["Rows"] = rows.Train.Length,
            ["TestRows"] = rows.Test.Length,
            ["TrainingSeconds"] = Math.Round(clock.Elapsed.TotalSeconds, 3),
        };
        WrittenResult[] written = [.. ml.Data.CreateEnumerable<WrittenResult>(
            trained.Transform(ml.Data.LoadFromEnumerable(rows.Test)), reuseRowObject: false)];
        if (written.Length > 0)
        {
            foreach ((string key, JsonNode? value) in _task.Evaluate(ml, ml.Data.LoadFromEnumerable(written)))
                metrics[key] = value?.DeepClone();
        }
        metrics["Epochs"] = TrainingRun.Epochs(history);
        (string folder, string name) = (_options.Folder(arguments), _options.Name(arguments));
        string path = Path.Combine(folder, name);
        trained.Model.SavePretrained(path);
        var files = new TrainedModel(folder, name, _streams);
        TrainingSettings settings = _options.Settings(arguments, bert, rows.Train.Length, sources);
        SourceRow sample = (rows.Test.Length > 0 ? rows.Test : rows.Train)[0];
        ModelCode code = plan.Code(settings, training, path, sample.Source);
        files.Save(
            ml, trained, TrainedColumns.AddTo(ml.Data.LoadFromEnumerable(rows.Train).Schema, code, settings.Source), metrics);
        var figures = new Dictionary<string, double>
        {
            ["RuntimeInSeconds"] = clock.Elapsed.TotalSeconds,
            ["Score"] = (double?)metrics[code.MetricName] ?? double.NaN,
        };
        foreach ((string file, string content) in new CodeProject(name, code, settings, library).Files(figures))
            files.Write(file, content);
        DataPart[] parts = [.. TrainingRun.Parts(rows, _options.HasTest(arguments)).Where(part => part.Rows.Length > 0)
            .Select(part => new DataPart(part.Name, [.. part.Rows.Select(row => new DataRow(row.Source, ""))]))];
        var report = new TrainingReport(
            name, arguments.CommandResult.Command.Name, "fine-tune", plan.Start, CommandLine.Of(arguments), clock.Elapsed, parts, history);
        files.Write("report.html", stream => Markup.Write(
            WrittenSections.Create(report, _task, metrics, written, trained.Model), stream));
        await files.TellAsync(metrics, path, arguments);
        files.TellNext(arguments, CommandLine.ToAsk(method.Asks, path, parts[^1].Rows[0].Text));
        return ExitCode.Success;
    }

    private BertTransformer Train(
        MLContext ml, ParseResult arguments, WritingPlan plan, BertTrainingOptions training, SplitRows<SourceRow> rows,
        TrainingHistory history, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = _options.Limit(arguments, cancellation);
        using var reports = new TrainingMessages(arguments, _streams);
        history.Next = reports;
        var watch = new TrainingWatch(history, limit.Token);
        return plan.Trainer(ml, _options.Apply(arguments, plan.Start, watch, training)).Fit(ml.Data.LoadFromEnumerable(rows.Train));
    }
}
