using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>A small tokenizer of each kind, for properties that must hold for all.</summary>
internal static class TokenizerKinds
{
    private const string Row = """
        {"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2], "trim_offsets": true, "add_prefix_space": false}
        """;

    private static readonly Dictionary<string, Lazy<BertTokenizer>> s_kinds = new()
    {
        ["WordPiece"] = new(() => Tokenizers.Shipped),
        ["MPNet"] = new(MPNet),
        ["byte BPE"] = new(() => Parts("bytes", """{"type": "ByteLevel", "add_prefix_space": false}""", Row)),
        ["byte BPE after Split"] = new(() => Parts("bytes",
            """
            {"type": "Sequence", "pretokenizers": [
              {"type": "Split", "behavior": "Isolated", "pattern":
                {"Regex": "(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s+(?!\\S)|\\s+"}},
              {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}
            """, "null")),
        ["BPE with byte fallback"] = new(() =>
            Parts("fallback", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""", "null")),
        ["BPE with suffix"] = new(() => Parts("suffixed", """{"type": "Whitespace"}""", "null")),
        ["Unigram"] = new(Unigram),
    };

    /// <summary>The names of all kinds.</summary>
    public static TheoryData<string> Names => [.. s_kinds.Keys];

    public static BertTokenizer Get(string name) => s_kinds[name].Value;

    /// <summary>A Unigram tokenizer.json with a normalizer of its own.</summary>
    public static JsonObject UnigramJson()
    {
        var pieces = new JsonArray();
        foreach (string piece in (string[])["<s>", "<pad>", "</s>", "<unk>", "▁", "▁the", "▁un", "aff", "able", "▁don", "ing"])
            pieces.Add(new JsonArray(piece, piece.StartsWith('<') ? 0.0 : -2.5));
        foreach (char letter in "abcdefghijklmnopqrstuvwxyzA'!.東")
            pieces.Add(new JsonArray(letter.ToString(), -5.0));
        JsonObject json = JsonNode.Parse("""
            {
              "added_tokens": [{"id": 0, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}],
              "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
              "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
              "post_processor": {"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
                "pair": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}},
                  {"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "B"}}, {"SpecialToken": {"id": "</s>"}}]},
              "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
            }
            """)!.AsObject();
        json["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 3, ["vocab"] = pieces };
        return json;
    }

    private static BertTokenizer Parts(string name, string preTokenizer, string postProcessor) => TokenizerParts.Open(
        TokenizerParts.All.Get(name, new JsonObject
        {
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = JsonNode.Parse(postProcessor),
        }));

    private static BertTokenizer Unigram() => TokenizerParts.Open(UnigramJson());

    private static BertTokenizer MPNet()
    {
        using var folder = new TemporaryFolder();
        string[] pieces =
            ["<s>", "<pad>", "</s>", "[UNK]", "<mask>", "the", "un", "##aff", "##able", "don", "'", "t", "!", "東", "x", "##x"];
        File.WriteAllLines(folder["vocab.txt"], pieces);
        File.WriteAllText(folder["tokenizer_config.json"], """{"tokenizer_class": "MPNetTokenizer"}""");
        return BertTokenizer.FromPretrained(folder.Path);
    }
}
