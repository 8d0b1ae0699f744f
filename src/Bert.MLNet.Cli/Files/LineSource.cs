using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Files;

/// <summary>The source of a verb's lines: <c>--dataset</c>, or one text on the command line.</summary>
internal sealed class LineSource
{
    private readonly Option<string> _dataset = new("--dataset")
    {
        Description = "JSON lines, or a .tsv, .csv or .parquet file, with the fields 'id', 'text' and 'pair'; '-' is standard input.",
        DefaultValueFactory = _ => LineFile.Pipe,
    };

    private readonly Option<string?> _text = new("--text") { Description = "A single text instead of a data set." };

    private readonly Option<string?> _pair = new("--pair") { Description = "The second text for --text." };

    private readonly LineColumns.Options _columns = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_dataset);
        command.Options.Add(_text);
        command.Options.Add(_pair);
        _columns.AddTo(command);
    }

    /// <summary>The fields that contain the texts.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="trained">The columns that the model was trained on.</param>
    /// <param name="needsPair">Whether the verb or the model reads two texts.</param>
    /// <exception cref="UsageException">The command line has one text, and two are needed.</exception>
    public LineColumns Columns(ParseResult arguments, TrainedColumns? trained, bool needsPair)
    {
        LineColumns columns = _columns.Of(arguments, trained, needsPair);
        if (columns.NeedsPair && arguments.GetValue(_text) is not null && arguments.GetValue(_pair) is null)
            throw new UsageException("Two texts are needed. Specify the second with --pair.");
        return columns;
    }

    /// <summary>The data set, if it is a file.</summary>
    public string? File(ParseResult arguments) =>
        arguments.GetValue(_text) is null
            && arguments.GetValue(_pair) is null
            && arguments.GetValue(_dataset) is { } path
            && path != LineFile.Pipe ? path : null;

    /// <summary>The lines, read lazily.</summary>
    public IEnumerable<JsonLine> Read(
        ParseResult arguments, ToolStreams streams, long skip, LineColumns columns, CancellationToken cancellation)
    {
        (string? text, string? pair) = (arguments.GetValue(_text), arguments.GetValue(_pair));
        if (text is null && pair is null)
            return LineFile.Read(arguments.GetRequiredValue(_dataset), streams, skip, columns, cancellation);
        return [new JsonLine(JsonSerializer.SerializeToUtf8Bytes(new { text, pair }), 1, "the command line")];
    }
}
