using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;
using Spectre.Console;

namespace Bert.MLNet.Cli.Messages;

/// <summary>
/// Shows the models that a search has compared: a table on a terminal, which grows, lines in a pipe, JSON lines, or nothing.
/// </summary>
internal sealed class LeaderboardDisplay : IProgress<BertRunDetail>, IDisposable
{
    private const int MostRows = 12;

    private readonly ParseResult _arguments;
    private readonly ToolStreams _streams;
    private readonly Dictionary<string, BertRunDetail> _runs = [];
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task? _display;
    private LiveDisplayContext? _live;

    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for messages.</param>
    /// <param name="ansi">Whether a terminal supports escape sequences; detected by default.</param>
    public LeaderboardDisplay(ParseResult arguments, ToolStreams streams, AnsiSupport ansi = AnsiSupport.Detect)
    {
        (_arguments, _streams) = (arguments, streams);
        if (!streams.IsTerminal || streams.Messages.IsJson(arguments) || streams.Messages.IsQuiet(arguments))
            return;
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = ansi, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(streams.Error) });
        _display = console.Live(ToTable()).StartAsync(live =>
        {
            _live = live;
            return _end.Task;
        });
    }

    public void Report(BertRunDetail value)
    {
        _runs[(value.IsBaseline ? "baseline " : "") + value.TrainerName] = value;
        if (_live is { } live)
        {
            live.UpdateTarget(ToTable());
            live.Refresh();
        }
        else if (_streams.Messages.IsJson(_arguments))
        {
            JsonObject json = ToJson(value);
            json["event"] = "trial";
            _streams.Error.WriteLine(json.ToJsonString());
        }
        else if (value.Exception is not OperationCanceledException)
            _streams.Tell(_arguments, PrintableText.Of(
                $"{value}{(value.IsBaseline ? " (baseline)" : Costs(value))}"));
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _display?.GetAwaiter().GetResult();
    }

    /// <summary>Describes a run as JSON.</summary>
    public static JsonObject ToJson(BertRunDetail run)
    {
        var json = new JsonObject { ["Name"] = run.TrainerName, ["IsBaseline"] = run.IsBaseline };
        foreach ((string name, double value) in run.Metrics)
            json[name] = ProgressState.Number(value);
        json["StandardError"] = ProgressState.Number(run.StandardError);
        json["ValidationRows"] = run.ValidationRows;
        json["Seconds"] = Math.Round(run.RuntimeInSeconds, 3);
        json["MillisecondsPerPrediction"] = ProgressState.Number(run.MillisecondsPerPrediction);
        if (run.Exception is { } error)
            json["Error"] = error.Message;
        return json;
    }

    private static string Costs(BertRunDetail run) => run.Metric is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $" ({run.RuntimeInSeconds:F1} s, {run.MillisecondsPerPrediction:F2} ms per prediction)");

    private Spectre.Console.Table ToTable()
    {
        BertRunDetail[] best = [.. _runs.Values.Where(run => run.Metric is not null)
            .OrderByDescending(run => run.IsHigherBetter ? run.Metric : -run.Metric).Take(MostRows)];
        Spectre.Console.Table table = new Spectre.Console.Table().RoundedBorder()
            .AddColumns("model", _runs.Values.FirstOrDefault()?.MetricName ?? "metric", "± error", "seconds", "ms/prediction");
        foreach (BertRunDetail run in best)
            table.AddRow([.. Cells(run).Select(cell => new Text(PrintableText.Of(cell)))]);
        if (_runs.Count - best.Length is var more and > 0)
            table.Caption = new TableTitle(string.Create(CultureInfo.InvariantCulture, $"and {more} more"));
        return table;
    }

    private static IEnumerable<string> Cells(BertRunDetail run) =>
    [
        run.TrainerName + (run.IsBaseline ? " (baseline)" : ""), Number(run.Metric, "F4"), Number(run.StandardError, "F4"),
        Number(run.RuntimeInSeconds, "F1"), Number(run.MillisecondsPerPrediction, "F2"),
    ];

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
