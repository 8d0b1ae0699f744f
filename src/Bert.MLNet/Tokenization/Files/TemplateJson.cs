using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The <c>post_processor</c> of a tokenizer.json, which puts the special tokens around texts. Only rows of a <see cref="RowTemplate"/> are
/// read.
/// </summary>
internal static class TemplateJson
{
    private const string BertRows = "TemplateProcessing of [CLS] A [SEP] B [SEP]";

    public static (string Cls, string Sep, RowTemplate Row) Read(JsonElement? processor, string file)
    {
        if (processor is not { ValueKind: JsonValueKind.Object } value)
            throw TokenizerJson.Refuse("post_processor", "null", file, BertRows);
        JsonFields fields = JsonFields.Of(value, file);
        return fields.Text("type") switch
        {
            "BertProcessing" => (First(fields, "cls", file), First(fields, "sep", file), RowTemplate.Bert),
            "TemplateProcessing" => Template(fields, file),
            var other => throw TokenizerJson.Refuse("post_processor", other ?? "without a type", file, BertRows),
        };
    }

    // BertProcessing has pairs of token and id.
    private static string First(JsonFields fields, string name, string file) =>
        fields.Find(name) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            ? pair[0].GetString()!
            : throw new InvalidDataException($"'{name}' of the post_processor in '{file}' is not a token and its id. Correct the file.");

    private static (string Cls, string Sep, RowTemplate Row) Template(JsonFields fields, string file)
    {
        List<(string Id, int Type, bool IsText)> single = Pieces(fields, "single", file), pair = Pieces(fields, "pair", file);
        if (single is [(var cls, 0, false), ("A", 0, true), (var sep, 0, false)])
        {
            foreach (int separators in (int[])[1, 2])
            {
                if (pair.SequenceEqual([(cls, 0, false), ("A", 0, true), .. Enumerable.Repeat((sep, 0, false), separators), ("B", 1, true), (sep, 1, false)]))
                    return (cls, sep, new RowTemplate(separators));
            }
        }
        throw TokenizerJson.Refuse("post_processor", "TemplateProcessing of another row", file, BertRows);
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
