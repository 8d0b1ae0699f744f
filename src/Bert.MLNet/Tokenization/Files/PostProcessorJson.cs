using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Reads the <c>post_processor</c> of a tokenizer.json, which adds special tokens around texts and trims offsets. Only rows that a
/// <see cref="RowTemplate"/> can describe are supported.
/// </summary>
internal static class PostProcessorJson
{
    private const string Known =
        "null, BertProcessing, RobertaProcessing, ByteLevel, TemplateProcessing of rows such as [CLS] A [SEP] B [SEP], and a Sequence of " +
        "ByteLevel and one of the others";

    public static TokenizerSpecification Read(TokenizerSpecification specification, JsonFields? processor, string file)
    {
        specification = specification with { Row = RowTemplate.Bare };
        int rows = 0;
        foreach (JsonFields part in TokenizerJson.Flatten(processor, "processors", file))
        {
            switch (part.Text("type"))
            {
                case "ByteLevel" when rows == 0:
                    specification = specification with { Trimming = Trimming(part) };
                    break;
                case "BertProcessing" when rows++ == 0:
                    specification = Row(specification, First(part, "cls", file), First(part, "sep", file), RowTemplate.Bert);
                    break;
                case "RobertaProcessing" when rows++ == 0 && specification.Trimming is null:
                    specification = Row(specification, First(part, "cls", file), First(part, "sep", file), RowTemplate.Roberta) with
                    {
                        Trimming = Trimming(part),
                    };
                    break;
                case "TemplateProcessing" when rows++ == 0:
                    specification = Template(specification, part, file);
                    break;
                default:
                    throw TokenizerJson.Refuse("post_processor", part, file, Known);
            }
        }
        return specification;
    }

    private static OffsetTrimming? Trimming(JsonFields part) =>
        part.Flag("trim_offsets") ?? true ? new OffsetTrimming(part.Flag("add_prefix_space") ?? true) : null;

    private static TokenizerSpecification Row(TokenizerSpecification specification, string cls, string sep, RowTemplate row) =>
        specification with { Row = row, Options = specification.Options with { ClsToken = cls, SepToken = sep } };

    // The field is a list of a token and its id.
    private static string First(JsonFields fields, string name, string file) =>
        fields.Find(name) is { ValueKind: JsonValueKind.Array } pair
            && pair.GetArrayLength() == 2
            && pair[0].ValueKind == JsonValueKind.String
            ? pair[0].GetString()!
            : throw new InvalidDataException(
                $"'{name}' of the post_processor in '{file}' is not a list of a token and its id. Correct the file.");

    private static TokenizerSpecification Template(TokenizerSpecification specification, JsonFields fields, string file)
    {
        List<(string Id, int Type, bool IsText)> single = Pieces(fields, "single", file), pair = Pieces(fields, "pair", file);
        int text = single.FindIndex(piece => piece.IsText);
        bool starts = text == 1, ends = text == single.Count - 2;
        if (text is 0 or 1 && single.Count == text + (ends ? 2 : 1))
        {
            (string Id, int, bool)[] cls = [.. single[..text]], sep = [.. single[(text + 1)..]];
            // The separator of a template without one is never written.
            string separator = ends ? sep[0].Id : pair.LastOrDefault(piece => !piece.IsText).Id ?? specification.Options.SepToken;
            foreach (RowTemplate row in from type in (int[])[1, 0] from count in (int[])[1, 2, 0] select new RowTemplate(count, type))
            {
                if (single.TrueForAll(piece => piece.Type == 0) && single[text].Id == "A"
                    && pair.SequenceEqual([.. cls, ("A", 0, true), .. Enumerable.Repeat((separator, 0, false), row.Separators),
                        ("B", row.SecondType, true), .. sep.Select(piece => (piece.Id, row.SecondType, false))]))
                {
                    return Row(specification, starts ? cls[0].Id : specification.Options.ClsToken, separator,
                        row with { Starts = starts, Ends = ends });
                }
            }
        }
        throw TokenizerJson.Refuse("post_processor", "TemplateProcessing of another row", file, Known);
    }

    private static List<(string Id, int Type, bool IsText)> Pieces(JsonFields fields, string name, string file)
    {
        var pieces = new List<(string, int, bool)>();
        if (fields.Find(name) is not { ValueKind: JsonValueKind.Array } items)
            return pieces;
        foreach (JsonElement item in items.EnumerateArray())
        {
            JsonProperty piece = item.ValueKind == JsonValueKind.Object ? item.EnumerateObject().FirstOrDefault() : default;
            if (piece.Value.ValueKind != JsonValueKind.Object)
                throw fields.Wrong(name, item, "a piece of a template");
            JsonFields content = JsonFields.Of(piece.Value, file);
            pieces.Add((content.Text("id") ?? "", content.Whole("type_id", 0) ?? 0, piece.NameEquals("Sequence")));
        }
        return pieces;
    }
}
