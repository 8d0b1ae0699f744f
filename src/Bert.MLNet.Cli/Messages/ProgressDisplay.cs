using System.CommandLine;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Shows the progress of a run on standard error: a bar on a terminal, lines in a pipe, JSON lines, or nothing.</summary>
internal sealed class ProgressDisplay : IDisposable
{
    private readonly TextWriter _error;
    private readonly bool _isQuiet, _isJson;
    private readonly ProgressBar? _bar;

    public ProgressDisplay(ParseResult arguments, ToolStreams streams)
    {
        _error = streams.Error;
        (_isJson, _isQuiet) = (streams.Messages.IsJson(arguments), streams.Messages.IsQuiet(arguments));
        if (streams.IsTerminal && !_isJson && !_isQuiet)
            _bar = new ProgressBar(streams.Error);
    }

    /// <summary>Whether anything is shown.</summary>
    public bool IsShown => _isJson || !_isQuiet;

    /// <summary>Whether each state replaces the previous one, so that there can be many.</summary>
    public bool IsBar => _bar is not null;

    public void Show(ProgressState state)
    {
        if (_isJson)
            _error.WriteLine(state.ToJson().ToJsonString());
        else if (_bar is not null)
            _bar.Show(state with { What = PrintableText.Of(state.What) });
        else if (!_isQuiet)
            _error.WriteLine(PrintableText.Of(state.Line));
    }

    public void Dispose() => _bar?.Dispose();
}
