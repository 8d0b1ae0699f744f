using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Shows the progress of a download: a bar, or a line for each tenth of a file.</summary>
internal sealed class DownloadReports(ParseResult arguments, ToolStreams streams) : IProgress<BertDownloadProgress>, IDisposable
{
    private readonly ProgressDisplay _display = new(arguments, streams);
    private readonly Dictionary<string, long> _told = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _first;

    public void Report(BertDownloadProgress value)
    {
        double share = value.BytesTotal == 0 ? 1 : (double)value.BytesDone / value.BytesTotal;
        long tenth = (long)(share * 10);
        lock (_told)
        {
            bool isFirst = !_told.TryGetValue(value.File, out long told);
            if (!isFirst && told >= tenth && !_display.IsBar)
                return;
            _told[value.File] = tenth;
            if (isFirst)
            {
                _first = value.BytesDone;
                _clock.Restart();
            }
            double rate = (value.BytesDone - _first) / 1e6 / Math.Max(_clock.Elapsed.TotalSeconds, 1e-3);
            _display.Show(new ProgressState(
                string.Create(CultureInfo.InvariantCulture, $"{value.File}: {tenth * 10} % of {value.BytesTotal / 1e6:F1} MB"), share, rate,
                "MB",
                rate > 0 ? TimeSpan.FromSeconds((value.BytesTotal - value.BytesDone) / 1e6 / rate) : null,
                new JsonObject { ["file"] = value.File, ["done"] = value.BytesDone, ["total"] = value.BytesTotal }));
        }
    }

    public void Dispose() => _display.Dispose();
}
