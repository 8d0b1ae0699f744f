using System.CommandLine;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Cli.Datasets;

/// <summary>
/// Texts with named entities: CoNLL's columns, JSON lines of words and tags or of texts and places, or tables of words and tags that spaces separate.
/// Words are joined by single spaces, and tags of any scheme are read as the places of entities, so that what is learnt finds entities in any text.
/// </summary>
internal sealed class EntityDataset(TableOptions table)
{
    private static readonly EntityReader s_reader = new(NamedEntityScheme.Conll);

    private const string ParquetExtension = ".PARQUET";

    /// <summary>Reads a file, and tells what was made of it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where it is told.</param>
    /// <param name="path">The file.</param>
    /// <param name="source">How it is read again.</param>
    /// <exception cref="InvalidDataException">A row cannot be read; the message names it.</exception>
    public EntityRow[] Read(ParseResult arguments, ToolStreams streams, string path, out TableSource source)
    {
        (string form, EntityRow[] rows, source) = Path.GetExtension(path).ToUpperInvariant() switch
        {
            _ when Table.IsJson(path) => ("JSON lines", JsonLinesReader.Read(path, streams, 0, default).Select(OfLine).ToArray(), new TableSource(Path.GetFullPath(path), SourceForm.JsonLines)),
            ".TSV" or ".CSV" or ParquetExtension => OfTable(arguments, streams, path),
            _ => ("CoNLL", OfConll(path).ToArray(), new TableSource(Path.GetFullPath(path), SourceForm.Conll)),
        };
        if (rows.Length == 0)
            throw new InvalidDataException($"'{path}' has no rows.");
        string types = string.Join(", ", rows.SelectMany(row => row.Types).GroupBy(type => type).OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => $"{type.Key} ({type.Count()})"));
        streams.Tell(arguments, $"{path}: {rows.Length} texts, {form}, entities: {(types.Length > 0 ? types : "none")}");
        return rows;
    }

    /// <summary>The text of words, and the entities that tags say.</summary>
    /// <param name="words">The words.</param>
    /// <param name="tags">A tag for each.</param>
    /// <param name="error">Makes an error of what is wrong.</param>
    public static EntityRow OfTags(IReadOnlyList<string> words, IReadOnlyList<string> tags, Func<string, InvalidDataException> error)
    {
        if (words.Count != tags.Count)
            throw error($"has {words.Count} words and {tags.Count} tags. Give one tag a word.");
        var spans = new List<EntitySpan>();
        s_reader.Read([.. tags.Select(tag => EntityTag.Parse(tag).AsIobes())], spans);
        int[] starts = new int[words.Count];
        for (int i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + words[i - 1].Length + 1;
        return new EntityRow
        {
            Text = string.Join(' ', words),
            Types = [.. spans.Select(span => span.Type)],
            Starts = [.. spans.Select(span => starts[span.Start])],
            Ends = [.. spans.Select(span => starts[span.End - 1] + words[span.End - 1].Length)],
        };
    }

    private static EntityRow OfLine(JsonLine line)
    {
        string words = line.FirstOf("words", "tokens");
        if (line.Has(words))
        {
            string tags = line.FirstOf("labels", "tags", "ner_tags");
            return OfTags(line.Texts(words)!, line.Texts(tags) ?? throw line.Error("has no labels. Give one for each of the words."), message => line.Error(message));
        }
        string text = line.Text("text") ?? throw line.Error("has neither words and labels nor text and entities.");
        JsonLine[] entities = line.Objects("entities") ?? [];
        return new EntityRow
        {
            Text = text,
            Types = [.. entities.Select(entity => entity.Text(entity.FirstOf("type", "label")) ?? throw line.Error("has an entity without a type."))],
            Starts = [.. entities.Select(entity => Place(entity, "start"))],
            Ends = [.. entities.Select(entity => Place(entity, "end"))],
        };

        int Place(JsonLine entity, string field) => entity.Integer(field) is { } place && place >= 0 && place <= text.Length
            ? (int)place
            : throw line.Error($"has an entity whose {field} is no place in the text. Places are counted in UTF-16 units.");
    }

    private (string Form, EntityRow[] Rows, TableSource Source) OfTable(ParseResult arguments, ToolStreams streams, string path)
    {
        (string? givenLabel, string? givenText) = table.Columns(arguments);
        (string label, string text) = (givenLabel ?? "labels", givenText ?? "text");
        Table rows = table.Read(arguments, streams, path, [text, label], label);
        (int texts, int labels) = (rows.Column(text), rows.Column(label));
        return (rows.Form, [.. rows.Rows.Select((row, i) => OfTags(
            Table.Cell(row, texts).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Table.Cell(row, labels).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            message => new InvalidDataException($"Row {i + 1} of '{path}' {message}")))], rows.Source(1, labels, texts));
    }

    /// <summary>A word a line, its tag in the last column, blank lines between texts.</summary>
    private static IEnumerable<EntityRow> OfConll(string path)
    {
        var words = new List<string>();
        var tags = new List<string>();
        int number = 0;
        foreach (string line in File.ReadLines(path).Append(""))
        {
            number++;
            string[] cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells is ["-DOCSTART-", ..])
                continue;
            if (cells.Length == 1)
                throw new InvalidDataException($"Line {number} of '{path}' has a word and no tag. Write both, the tag in the last column, and a blank line between texts.");
            if (cells.Length > 1)
            {
                words.Add(cells[0]);
                tags.Add(cells[^1]);
                continue;
            }
            if (words.Count > 0)
                yield return OfTags(words, tags, message => new InvalidDataException($"'{path}' {message}"));
            words.Clear();
            tags.Clear();
        }
    }
}
