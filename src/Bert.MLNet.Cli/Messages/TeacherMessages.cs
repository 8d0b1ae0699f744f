using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Shows which share of the texts a teacher has computed.</summary>
internal sealed class TeacherMessages(ParseResult arguments, ToolStreams streams) : IProgress<double>, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private ProgressDisplay? _display; // a terminal has no space for two bars
    private TimeSpan _shown;

    public void Report(double value)
    {
        _display ??= new ProgressDisplay(arguments, streams);
        if (!_display.IsBar && _clock.Elapsed - _shown < s_pause)
            return;
        _shown = _clock.Elapsed;
        double perSecond = value / Math.Max(_shown.TotalSeconds, 1e-3);
        _display.Show(new ProgressState(
            "vectors of the teacher", value, 100 * perSecond, "%", TimeSpan.FromSeconds((1 - value) / perSecond),
            new JsonObject { ["teacher"] = Math.Round(value, 4) }));
        if (value >= 1)
            Dispose();
    }

    public void Dispose()
    {
        _display?.Dispose();
        _display = null;
    }
}
