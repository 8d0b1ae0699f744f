using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The <c>post_processor</c> of a tokenizer.json, which puts the special tokens around texts. Only BERT's rows are taken:
/// <c>[CLS] A [SEP]</c> of type 0, with <c>B [SEP]</c> of type 1 after it for pairs.
/// </summary>
internal static class TemplateJson
{
    private const string BertRows = "TemplateProcessing of [CLS] A [SEP] B [SEP]";

    public static (string Cls, string Sep) ReadClsAndSep(JsonElement? processor, string file)
    {
        if (processor is not { ValueKind: JsonValueKind.Object } value)
            throw TokenizerJson.Refuse("post_processor", "null", file, BertRows);
        JsonFields fields = JsonFields.Of(value, file);
        return fields.Text("type") switch
        {
            "BertProcessing" => (First(fields, "cls", file), First(fields, "sep", file)),
            "TemplateProcessing" => Template(fields, file),
            var other => throw TokenizerJson.Refuse("post_processor", other ?? "without a type", file, BertRows),
        };
    }

    // BertProcessing has pairs of token and id.
    private static string First(JsonFields fields, string name, string file) =>
        fields.Find(name) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            ? pair[0].GetString()!
            : throw new InvalidDataException($"'{name}' of the post_processor in '{file}' is not a token and its id. Correct the file.");

    private static (string Cls, string Sep) Template(JsonFields fields, string file)
    {
        List<(string Id, int Type, bool IsText)> single = Pieces(fields, "single", file), pair = Pieces(fields, "pair", file);
        bool fits = single.Count == 3 && pair.Count == 5
            && single.Select(p => (p.Type, p.IsText)).SequenceEqual([(0, false), (0, true), (0, false)])
            && pair.Select(p => (p.Type, p.IsText)).SequenceEqual([(0, false), (0, true), (0, false), (1, true), (1, false)])
            && pair[..3].SequenceEqual(single) && single[1].Id == "A" && pair[3].Id == "B" && pair[4].Id == single[2].Id;
        return fits ? (single[0].Id, single[2].Id) : throw TokenizerJson.Refuse("post_processor", "TemplateProcessing of another row", file, BertRows);
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
