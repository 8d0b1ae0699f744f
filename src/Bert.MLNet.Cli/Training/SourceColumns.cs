using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Training;

/// <summary>A text and the text to write for it.</summary>
internal sealed class SourceRow
{
    public string Source { get; set; } = "";

    public string Target { get; set; } = "";
}

/// <summary>The options that name the columns of sources and targets.</summary>
/// <param name="table">The options of all tables.</param>
internal sealed class SourceColumns(TableOptions table)
{
    private readonly Option<string> _source = new("--source-col")
    {
        Description = "The column of the texts to read, by name or by number from 0.",
        DefaultValueFactory = _ => "Source",
    };

    private readonly Option<string> _target = new("--target-col")
    {
        Description = "The column of the texts to write, by name or by number from 0.",
        DefaultValueFactory = _ => "Target",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_source);
        command.Options.Add(_target);
        table.AddHeaderTo(command);
    }

    /// <summary>Reads the rows of a file that have a target, and prints a summary.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="settings">The settings for reading the file again.</param>
    /// <exception cref="InvalidDataException">A column does not exist, or no row has a target.</exception>
    public SourceRow[] Read(ParseResult arguments, ToolStreams streams, string path, out TableSource settings)
    {
        (string source, string target) = (arguments.GetRequiredValue(_source), arguments.GetRequiredValue(_target));
        Table rows = table.Read(arguments, streams, path, [source, target], target);
        (int from, int to) = (rows.Column(source), rows.Column(target));
        SourceRow[] pairs = [.. rows.Rows.Select(row => new SourceRow { Source = row[from], Target = row[to].Trim() })
            .Where(row => !string.IsNullOrWhiteSpace(row.Target))];
        if (pairs.Length == 0)
            throw new InvalidDataException(
                $"No row of '{path}' has a text in column '{rows.Name(to)}'. Specify the column of texts to write with --target-col.");
        streams.Tell(arguments, $"{path}: {rows.Describe()}, source '{rows.Name(from)}', target '{rows.Name(to)}'");
        if (rows.Rows.Count - pairs.Length is var missing and > 0)
            streams.Tell(arguments, string.Create(CultureInfo.InvariantCulture, $"{path}: {missing} rows have no target and are ignored."));
        settings = rows.Source(1, to, from);
        return pairs;
    }
}
