using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Files;

namespace Bert.MLNet.Tasks;

/// <summary>
/// JSON lines of words with tags, or of texts with the positions of entities. They are written by doccano, Prodigy and others.
/// </summary>
internal sealed class EntityLines
{
    private const string Fields =
        "Entities are read from words or tokens with labels, tags or ner_tags, or from text with entities, spans, label or labels";

    private static readonly string[] s_lists = ["entities", "spans", "label", "labels"];

    private readonly PositionUnits _units = new();
    private int _rejected, _trimmed, _duplicates;
    private string? _firstFields;
    private bool _hasEntities;

    /// <summary>An entity as it is in the file.</summary>
    /// <param name="Type">The type.</param>
    /// <param name="Start">The start, in the units of the file.</param>
    /// <param name="End">The end.</param>
    /// <param name="Part">The text, if the file contains it.</param>
    private sealed record Given(string Type, long Start, long End, string? Part);

    /// <summary>Reads lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <exception cref="InvalidDataException">A line has another format; the message names it.</exception>
    public static NamedEntityFile Read(IEnumerable<JsonLine> lines, string name)
    {
        var reader = new EntityLines();
        Func<NamedEntityRow>[] texts = [.. lines.Select(reader.Row).OfType<Func<NamedEntityRow>>()];
        if (texts.Length > 0 && !reader._hasEntities)
            throw new InvalidDataException(
                $"{name} has no field of entities in any line. {Fields}; the first line has {reader._firstFields}.");
        // The units are known when all lines have been read.
        NamedEntityRow[] rows = [.. texts.Select(read => read())];
        return new NamedEntityFile("JSON lines", rows, [.. reader.Notes(name)], $"{Fields}; the first line has {reader._firstFields}.");
    }

    private Func<NamedEntityRow>? Row(JsonLine line)
    {
        _firstFields ??= Names(line);
        (string words, string tags) = (line.FirstOf("words", "tokens"), line.FirstOf("labels", "tags", "ner_tags"));
        if (IsTexts(line.Find(words)) && (!line.Has("text") || IsTexts(line.Find(tags))))
        {
            _hasEntities = true;
            return OfWords(line, words, tags);
        }
        string text = line.Text("text") ?? throw line.Error($"has neither words nor text. {Fields}; this line has {Names(line)}.");
        string list = line.FirstOf(s_lists);
        // Prodigy keeps what an annotator did not accept.
        if (line.IsScalar("answer") && line.Value("answer") is "reject" or "ignore")
        {
            _rejected++;
            return null;
        }
        _hasEntities |= line.Has(list);
        Given[] entities = Entities(line, list);
        foreach (Given entity in entities)
        {
            if (entity.Part is { } part)
                _units.Add(text, entity.Start, part);
            else
                _units.Add(text, entity.Start, entity.End);
        }
        // Prodigy has the tokens of the text, too.
        JsonLine[]? tokens = line.Find("tokens") is { ValueKind: JsonValueKind.Array } items && !IsTexts(items)
            ? line.Objects("tokens")
            : null;
        foreach (JsonLine token in tokens ?? [])
        {
            if (token.Text("text") is { Length: > 0 } part && token.Integer("start") is { } start)
                _units.Add(text, start, part);
        }
        return () => OfPositions(line, text, entities);
    }

    private static bool IsTexts(JsonElement? field) =>
        field is { ValueKind: JsonValueKind.String }
        || (field is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)));

    private static Func<NamedEntityRow> OfWords(JsonLine line, string wordField, string tagField)
    {
        string[] words = line.Texts(wordField)!;
        string[] tags = line.Texts(tagField)
            ?? throw line.Error($"has no labels of its {wordField}. {Fields}; this line has {Names(line)}.");
        if (words.Length != tags.Length)
            throw line.Error(string.Create(
                CultureInfo.InvariantCulture, $"has {words.Length} words and {tags.Length} tags. Give each word one tag."));
        return () => NamedEntityFile.OfTags(words, tags);
    }

    private static Given[] Entities(JsonLine line, string list) => line.Find(list) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } items => [.. items.EnumerateArray().Select(item => item.ValueKind switch
        {
            JsonValueKind.Object => OfObject(line.Within(item)),
            JsonValueKind.Array => OfArray(line, list, [.. item.EnumerateArray()]),
            _ => throw Unknown(line, list),
        })],
        _ => throw Unknown(line, list),
    };

    private static Given OfObject(JsonLine entity)
    {
        string[]? types = entity.Texts(entity.FirstOf("type", "label", "labels"));
        if (types is { Length: > 1 })
            throw entity.Error($"has an entity with several types ({string.Join(", ", types)}). Give it one.");
        string? part = entity.Text("text") is { Length: > 0 } text ? text : null;
        return new Given(Type(types is [var type] ? type : ""), Place("start", "start_offset"), Place("end", "end_offset"), part);

        string Type(string type) => type.Trim() is { Length: > 0 } name ? name : throw Missing("a type");

        long Place(string field, string other) =>
            entity.Integer(entity.FirstOf(field, other)) ?? throw Missing($"{(field == "end" ? "an" : "a")} {field}");

        InvalidDataException Missing(string what) => entity.Error($"has an entity without {what}. " +
            $"Its fields are type or label, start or start_offset, and end or end_offset; this one has {Names(entity)}.");
    }

    private static Given OfArray(JsonLine line, string list, JsonElement[] items) =>
        items is [
            { ValueKind: JsonValueKind.Number } first,
            { ValueKind: JsonValueKind.Number } last,
            { ValueKind: JsonValueKind.String } type]
            && first.TryGetInt64(out long start) && last.TryGetInt64(out long end) && type.GetString()!.Trim() is { Length: > 0 } name
            ? new Given(name, start, end, null)
            : throw Unknown(line, list);

    private static InvalidDataException Unknown(JsonLine line, string list) =>
        line.Error(
            $"has {list} that does not list entities. Give a list of [start, end, \"TYPE\"], or of objects with type, start and end.");

    private NamedEntityRow OfPositions(JsonLine line, string text, Given[] entities)
    {
        var spans = new List<EntitySpan>();
        IEnumerable<EntitySpan> found = entities.Select(entity => Span(line, text, entity));
        foreach (EntitySpan span in found.OrderBy(span => span.Start).ThenBy(span => span.End))
        {
            if (spans.Count > 0 && span == spans[^1])
            {
                _duplicates++;
                continue;
            }
            if (spans.Count > 0 && span.Start < spans[^1].End)
                throw line.Error(
                    $"has entities that overlap: {Describe(spans[^1], text)} and {Describe(span, text)}. Remove one of them.");
            spans.Add(span);
        }
        return new NamedEntityRow
        {
            Text = text,
            Types = [.. spans.Select(span => span.Type)],
            Starts = [.. spans.Select(span => span.Start)],
            Ends = [.. spans.Select(span => span.End)],
        };
    }

    /// <summary>
    /// Converts the position of an entity to UTF-16 code units, without white space at its ends, which models never find.
    /// </summary>
    private EntitySpan Span(JsonLine line, string text, Given entity)
    {
        if (_units.Convert(text, entity.Start) is not { } start || _units.Convert(text, entity.End) is not { } end)
            throw Error($"which is not within its text. Positions count {_units.Name} from 0.");
        if (end <= start)
            throw Error("which is empty. The end is the position after the last character.");
        if (entity.Part is { } part && text[start..end] != part)
            throw Error(
                $"which is '{Shorten(text[start..end])}', and not '{Shorten(part)}' as its text says. " +
                $"Positions count {_units.Name} from 0.");
        if (PositionUnits.SplitsCharacter(text, start) || PositionUnits.SplitsCharacter(text, end))
            throw Error("which cuts a character in two. Positions count UTF-16 units from 0; some characters, such as emoji, have two.");
        (int first, int last) = (start, end);
        while (first < last && char.IsWhiteSpace(text[first]))
            first++;
        while (last > first && char.IsWhiteSpace(text[last - 1]))
            last--;
        if (first == last)
            throw Error("which contains only white space. Remove it.");
        _trimmed += (first, last) == (start, end) ? 0 : 1;
        return new EntitySpan(entity.Type, first, last);

        InvalidDataException Error(string what) => line.Error(string.Create(
            CultureInfo.InvariantCulture, $"has an entity {entity.Type} from {entity.Start} to {entity.End}, {what}"));
    }

    private IEnumerable<string> Notes(string name)
    {
        if (_units.AreCodePoints)
            yield return $"{name}: positions are read as code points, as in Python, because they do not fit the texts as UTF-16 units.";
        foreach ((int count, string what) in new[]
        {
            (_rejected, "texts whose answer is reject or ignore, which are skipped"),
            (_duplicates, "duplicate entities, which count once"),
            (_trimmed, "entities with white space at their ends, which are read without it"),
        })
        {
            if (count > 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {what}: {count}");
        }
    }

    private static string Names(JsonLine line) => string.Join(", ", line.Fields);

    private static string Describe(EntitySpan span, string text) => $"{span.Type} '{Shorten(text[span.Start..span.End])}'";

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
