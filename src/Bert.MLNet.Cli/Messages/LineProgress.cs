using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Shows the number of processed lines, the rate, and the remaining time.</summary>
/// <param name="arguments">The command line.</param>
/// <param name="streams">The streams for messages.</param>
/// <param name="done">The number of lines that an earlier run has processed.</param>
/// <param name="total">The number of all lines, or null if unknown.</param>
internal sealed class LineProgress(ParseResult arguments, ToolStreams streams, long done, long? total) : IDisposable
{
    /// <summary>The number of lines between two checks of the clock.</summary>
    private const int Step = 64;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly ProgressDisplay _display = new(arguments, streams);
    private readonly string _verb = arguments.CommandResult.Command.Name;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _before = done;
    private TimeSpan _shown;
    private long _done = done;

    /// <summary>Reports that one more line is processed.</summary>
    public void Advance()
    {
        if (++_done % Step != 0 || _done == total || !(_display.IsBar || _clock.Elapsed - _shown >= s_pause))
            return;
        _shown = _clock.Elapsed;
        double rate = (_done - _before) / Math.Max(_shown.TotalSeconds, 1e-3);
        _display.Show(new ProgressState(
            string.Create(CultureInfo.InvariantCulture, $"{_verb}: {_done}{(total is null ? "" : $" of {total}")} lines"),
            (double)_done / total, rate, "lines", total is { } all ? TimeSpan.FromSeconds((all - _done) / rate) : null,
            new JsonObject { ["verb"] = _verb, ["done"] = _done, ["total"] = total }));
    }

    public void Dispose() => _display.Dispose();
}
