using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;
using Microsoft.Extensions.Logging;

namespace Bert.MLNet.Cli.Serving;

/// <summary>
/// Writes the log of a server to the tool's messages: as lines, or with <c>--json</c> as objects with a field for each value.
/// </summary>
internal sealed class ToolLog(ToolStreams streams, ParseResult arguments) : ILoggerProvider
{
    private const string Template = "{OriginalFormat}";

    private readonly Lock _lock = new();
    private readonly bool _isJson = streams.Messages.IsJson(arguments);
    private readonly LogLevel _least = streams.Messages.IsQuiet(arguments) ? LogLevel.Error
        : streams.Messages.IsVerbose(arguments) ? LogLevel.Debug : LogLevel.Information;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string line)
    {
        lock (_lock)
            streams.Error.WriteLine(line);
    }

    private sealed class Category(ToolLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log._least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            string text = formatter(state, exception);
            log.Write(log._isJson ? AsJson(logLevel, text, state, exception) : PrintableText.Of(
                exception is null ? text : $"{text} {exception.GetType().Name}: {exception.Message}"));
        }

        private string AsJson<TState>(LogLevel level, string text, TState state, Exception? exception)
        {
            var line = new JsonObject
            {
                ["event"] = "log",
                ["level"] = level.ToString(),
                ["category"] = name,
                ["text"] = text,
            };
            if (exception is not null)
                line["exception"] = $"{exception.GetType().Name}: {exception.Message}";
            foreach ((string key, object? value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                if (key != Template)
                    line.TryAdd(key, value?.ToString());
            }
            return line.ToJsonString();
        }
    }
}
