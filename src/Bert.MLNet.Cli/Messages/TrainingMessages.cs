using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Shows the reports of a training: the end of each epoch, and the progress in between.</summary>
internal sealed class TrainingMessages(ParseResult arguments, ToolStreams streams) : IProgress<TrainingProgress>, IDisposable
{
    private readonly ProgressDisplay _display = new(arguments, streams);
    private readonly ProgressWindow _window = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TrainingProgress? _hidden;
    private string? _stopped;
    private string _metric = "";

    private TimeSpan Pause => TimeSpan.FromSeconds(_display.IsBar ? 1 : 5);

    public void Report(TrainingProgress value)
    {
        value = _window.Add(value);
        if (value.StopReason is { } reason)
            _stopped = string.Create(
                CultureInfo.InvariantCulture, $"Training stopped in epoch {value.Epoch}, after {value.Step} updates: {reason}.");
        if (value.Metric is not null || value.Step == 1 || _clock.Elapsed >= Pause)
            Show(value);
        else
            _hidden = value;
    }

    public void Dispose()
    {
        if (_hidden is not null)
            Show(_hidden); // if training ends without a metric
        _display.Dispose();
        if (_stopped is not null)
            streams.Tell(arguments, _stopped);
    }

    private void Show(TrainingProgress value)
    {
        _hidden = null;
        _window.Close();
        _clock.Restart();
        string metric = value.Metric is { } number ? string.Create(CultureInfo.InvariantCulture, $", {value.MetricName} {number:F4}") : "";
        if (metric.Length > 0 || !_display.IsBar)
            _metric = metric; // a bar continues to show the last one
        _display.Show(new ProgressState(
            string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}, loss {value.Loss:F4}{_metric}"), value.Done,
            value.RowsPerSecond, "rows", value.EstimatedTimeRemaining,
            new JsonObject
            {
                ["epoch"] = value.Epoch,
                ["step"] = value.Step,
                ["done"] = value.Done,
                ["loss"] = ProgressState.Number(value.Loss),
                ["validation_loss"] = ProgressState.Number(value.ValidationLoss),
                ["learning_rate"] = value.LearningRate,
                [value.MetricName] = ProgressState.Number(value.Metric),
            }));
    }
}
