using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>What a training reports, as it is shown.</summary>
internal sealed class TrainingReports(ParseResult arguments, ToolStreams streams) : IProgress<TrainingProgress>, IDisposable
{
    private readonly ProgressDisplay _display = new(arguments, streams);
    private string _metric = "";

    public void Report(TrainingProgress value)
    {
        string metric = value.Metric is { } number ? string.Create(CultureInfo.InvariantCulture, $", {value.MetricName} {number:F4}") : "";
        if (metric.Length > 0 || !_display.IsBar)
            _metric = metric; // a bar shows the last one on
        _display.Show(new ProgressState(
            string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}, loss {value.Loss:F4}{_metric}"), value.Done, value.RowsPerSecond, "rows", value.EstimatedTimeRemaining,
            new JsonObject
            {
                ["epoch"] = value.Epoch,
                ["step"] = value.Step,
                ["done"] = value.Done,
                ["loss"] = ProgressState.Number(value.Loss),
                ["learning_rate"] = value.LearningRate,
                [value.MetricName] = ProgressState.Number(value.Metric),
            }));
    }

    public void Dispose() => _display.Dispose();
}
