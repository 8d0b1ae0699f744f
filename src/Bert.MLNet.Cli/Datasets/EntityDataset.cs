using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Cli.Datasets;

/// <summary>
/// Texts with named entities: CoNLL files, JSON lines of words and tags or of texts and positions, or tables of words and tags separated by
/// spaces. Words are joined by single spaces, and tags of any scheme become positions of entities, so that the trained model finds entities
/// in any text.
/// </summary>
internal sealed class EntityDataset(TableOptions table)
{
    /// <summary>Reads a file and prints a summary.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">The streams for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="source">The settings for reading it again.</param>
    /// <param name="trained">The columns that the model was trained on: the default for columns that are not specified.</param>
    /// <exception cref="InvalidDataException">A row cannot be read, or no row has an entity.</exception>
    public NamedEntityRow[] Read(
        ParseResult arguments, ToolStreams streams, string path, out TableSource source, TrainedColumns? trained = null)
    {
        NamedEntityFile file = Table.IsJson(path) ? OfLines(arguments, streams, path, out source)
            : IsTable(arguments, path, trained) ? OfTable(arguments, streams, path, trained, out source)
            : OfConll(arguments, path, trained, out source);
        NamedEntityRow[] rows = file.Rows;
        if (rows.Length == 0)
            throw new InvalidDataException($"'{path}' has no rows.");
        if (rows.All(row => row.Types.Length == 0))
        {
            string texts = rows.Length == 1 ? "its one text" : string.Create(CultureInfo.InvariantCulture, $"its {rows.Length} texts");
            throw new InvalidDataException(
                $"'{path}' has no entity in {texts}, so there is nothing to learn or evaluate. {file.Expectation}");
        }
        string types = string.Join(
            ", ", rows.SelectMany(row => row.Types).GroupBy(type => type).OrderBy(type => type.Key, StringComparer.Ordinal)
            .Select(type => string.Create(CultureInfo.InvariantCulture, $"{type.Key} ({type.Count()})")));
        streams.Tell(arguments, string.Create(
            CultureInfo.InvariantCulture, $"{path}: {rows.Length} texts, {file.Form}, entities: {types}"));
        foreach (string note in file.Notes)
            streams.Tell(arguments, note);
        return rows;
    }

    /// <summary>
    /// Whether a file is a table, by its name. A .tsv is a CoNLL file if blank lines separate its texts and no header names the tags, as in
    /// GermEval.
    /// </summary>
    private bool IsTable(ParseResult arguments, string path, TrainedColumns? trained)
    {
        string extension = Path.GetExtension(path).ToUpperInvariant();
        if (extension != ".TSV")
            return extension == ".CSV" || ParquetRows.Is(path);
        string tags = table.Columns(arguments).Label ?? trained?.Label ?? "labels";
        bool isBlank = false;
        foreach ((int index, string line) in TextFile.ReadLines(path).Index())
        {
            if (index == 0 && line.Split('\t').Any(name => name.Trim() == tags))
                return true;
            if (isBlank && !JsonLine.IsBlank(line))
                return false;
            isBlank |= JsonLine.IsBlank(line);
        }
        return true;
    }

    private NamedEntityFile OfLines(ParseResult arguments, ToolStreams streams, string path, out TableSource source)
    {
        (string? label, string? text) = table.Columns(arguments);
        if (label is not (null or "entities" or "spans" or "label" or "labels" or "tags" or "ner_tags"))
            throw Unread("--label-col", label, "entities, spans, label, labels, tags or ner_tags");
        if (text is not (null or "text" or "words" or "tokens"))
            throw Unread("--text-col", text, "text, words or tokens");
        source = new TableSource(Path.GetFullPath(path), SourceForm.JsonLines);
        return EntityLines.Read(JsonLinesReader.Read(path, streams, default), path == LineFile.Pipe ? "Standard input" : $"'{path}'");

        UsageException Unread(string option, string field, string fields) =>
            new($"{option} cannot be '{field}': the fields of JSON lines with entities have fixed names. Rename it to {fields} in " +
                $"'{path}'.");
    }

    private NamedEntityFile OfConll(ParseResult arguments, string path, TrainedColumns? trained, out TableSource source)
    {
        (string? label, string? text) = table.Columns(arguments);
        (int? tags, int? words) =
            (Column(label, "--label-col") ?? Trained(trained?.Label), Column(text, "--text-col") ?? Trained(trained?.Text));
        source = new TableSource(Path.GetFullPath(path), SourceForm.Conll) { ConllColumns = (words, tags) };
        NamedEntityFile file = NamedEntityFile.Read(path, words, tags);
        return file with { Expectation = $"{file.Expectation} Specify another column with --label-col, or use tags such as B-PER." };

        // A model that was trained on named columns of a table is evaluated on the default columns.
        static int? Trained(string? column) =>
            int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

        int? Column(string? column, string option) => column is null ? null
            : int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new UsageException($"The columns of '{path}' have no names. Set {option} to a number, counted from 0.");
    }

    private NamedEntityFile OfTable(
        ParseResult arguments, ToolStreams streams, string path, TrainedColumns? trained, out TableSource source)
    {
        (string? givenLabel, string? givenText) = table.Columns(arguments);
        (string label, string text) = (givenLabel ?? trained?.Label ?? "labels", givenText ?? trained?.Text ?? "text");
        Table rows = table.Read(arguments, streams, path, [text, label], label);
        (int texts, int labels) = (rows.Column(text), rows.Column(label));
        source = rows.Source(1, labels, texts);
        return new NamedEntityFile(
            rows.Form, [.. rows.Rows.Select(Row)], [],
            $"Each tag in column '{label}' is O. Specify another column with --label-col, or use tags such as B-PER.");

        NamedEntityRow Row(string[] row, int index)
        {
            foreach (int column in new[] { texts, labels })
            {
                if (Table.Cell(row, column).Trim() is ['[', '\'' or '"', .., '\'' or '"', ']'])
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                        $"Row {index + 1} of '{path}' has a list in column '{rows.Name(column)}'. Separate words and tags by spaces, " +
                        $"without brackets and quotes, or use JSON lines."));
                }
            }
            string[] words = Cells(texts), tags = Cells(labels);
            return words.Length == tags.Length
                ? NamedEntityFile.OfTags(words, tags)
                : throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"Row {index + 1} of '{path}' has {words.Length} words and {tags.Length} tags. Each word needs one tag."));

            string[] Cells(int column) => Table.Cell(row, column).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
