using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>How many lines of a data set are answered, how fast, and for how long still.</summary>
/// <param name="arguments">The command line.</param>
/// <param name="streams">Where it is shown.</param>
/// <param name="done">Lines that an earlier run has answered.</param>
/// <param name="total">All lines; null where nobody knows.</param>
internal sealed class LineProgress(ParseResult arguments, ToolStreams streams, long done, long? total) : IDisposable
{
    /// <summary>Lines between two looks at the clock.</summary>
    private const int Step = 64;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly ProgressDisplay _display = new(arguments, streams);
    private readonly string _verb = arguments.CommandResult.Command.Name;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _before = done;
    private TimeSpan _shown;
    private long _done = done;

    /// <summary>One more line is answered.</summary>
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
