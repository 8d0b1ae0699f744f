using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Files;

/// <summary>The source of a verb's lines: <c>--dataset</c>, or one text on the command line.</summary>
internal sealed class LineSource
{
    private readonly Option<string[]> _dataset = new("--dataset")
    {
        Description = "JSON lines, or .tsv, .csv or .parquet files, with the fields 'id', 'text' and 'pair': files, folders, or patterns " +
            "such as 'data/*.jsonl'; '-' is standard input.",
        DefaultValueFactory = _ => [LineFile.Pipe],
        AllowMultipleArgumentsPerToken = true,
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

    /// <summary>The data set, or null for standard input and a text on the command line.</summary>
    /// <exception cref="UsageException">Standard input is one of several files.</exception>
    public IReadOnlyList<string>? Files(ParseResult arguments)
    {
        if (arguments.GetValue(_text) is not null || arguments.GetValue(_pair) is not null)
            return null;
        string[] names = arguments.GetRequiredValue(_dataset);
        return !names.Contains(LineFile.Pipe) ? names : names.Length == 1 ? null : throw new UsageException(
            $"--dataset cannot be '{LineFile.Pipe}' together with files.");
    }

    /// <summary>The lines of standard input, read lazily, or the text on the command line.</summary>
    public IEnumerable<JsonLine> Read(ParseResult arguments, ToolStreams streams, LineColumns columns, CancellationToken cancellation)
    {
        (string? text, string? pair) = (arguments.GetValue(_text), arguments.GetValue(_pair));
        if (text is null && pair is null)
            return LineFile.Read(LineFile.Pipe, streams, columns, cancellation);
        return [new JsonLine(JsonSerializer.SerializeToUtf8Bytes(new { text, pair }), 1, "the command line")];
    }
}
