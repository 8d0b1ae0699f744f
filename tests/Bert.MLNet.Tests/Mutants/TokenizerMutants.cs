using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Bert.MLNet.Files;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tests.Tokenization;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>The files of tokenizers: tokenizer.json with every part, vocab.json, merges.txt and models of SentencePiece.</summary>
internal static class TokenizerMutants
{
    private const string Json = "tokenizer.json", Vocabulary = "vocab.json", Merges = "merges.txt", Model = "sentencepiece.bpe.model";

    public static IEnumerable<MutantKind> All()
    {
        foreach (string name in (string[])["bytes", "fallback", "suffixed", "prefixed"])
            yield return Kind(name, Json, Bytes(Shortened(TokenizerParts.All.Get(name, Parts(name)))));
        JsonObject unigram = TokenizerKinds.UnigramJson();
        unigram["normalizer"]!["normalizers"]!.AsArray().Add(
            new JsonObject { ["type"] = "Precompiled", ["precompiled_charsmap"] = Convert.ToBase64String(CharsMap()) });
        yield return Kind("unigram", Json, Bytes(unigram));

        var files = new Dictionary<string, byte[]>
        {
            [Vocabulary] = Encoding.UTF8.GetBytes("""{"<|endoftext|>": 0, "h": 1, "e": 2, "Ġ": 3, "he": 4, "Ġhe": 5, "l": 6}"""),
            [Merges] = Encoding.UTF8.GetBytes("#version: 0.2\nh e\nĠ he\n"),
        };
        yield return Kind("gpt2", Vocabulary, files);
        yield return Kind("gpt2", Merges, files);
        yield return Kind("sentencepiece", Model, new Dictionary<string, byte[]> { [Model] = SentencePiece() }) with { IsText = false };
    }

    // Every kind of part is in one of the files.
    private static JsonObject Parts(string name) => name switch
    {
        "bytes" => new JsonObject
        {
            ["normalizer"] = JsonNode.Parse("""
                {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}, {"type": "Replace", "pattern": {"Regex": "\\s+$"},
                  "content": ""}, {"type": "BertNormalizer", "strip_accents": true}, {"type": "Prepend", "prepend": " "}]}
                """),
            ["pre_tokenizer"] = JsonNode.Parse("""
                {"type": "Sequence", "pretokenizers": [
                  {"type": "Split", "pattern": {"Regex": "(?i:'s|'t)| ?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}]+[\\r\\n]*|\\s+(?!\\S)"},
                    "behavior": "Isolated", "invert": false},
                  {"type": "Digits", "individual_digits": true}, {"type": "Punctuation", "behavior": "MergedWithNext"},
                  {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": false}]}
                """),
            ["post_processor"] = JsonNode.Parse("""{"type": "ByteLevel", "trim_offsets": true}"""),
        },
        "fallback" => new JsonObject
        {
            ["pre_tokenizer"] = JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}"""),
        },
        _ => [],
    };

    // With fewer bytes of the alphabet, damage hits the other parts more often.
    private static JsonObject Shortened(JsonObject tokenizer)
    {
        JsonObject vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        foreach (string piece in vocabulary.Select(piece => piece.Key).Where(piece => piece is [< 'a' or > 'z'] and not ['Ġ']).ToArray())
            vocabulary.Remove(piece);
        return tokenizer;
    }

    private static byte[] SentencePiece()
    {
        var model = new ProtoMessage();
        foreach (string piece in (string[])["<unk>", "<s>", "</s>", "▁", "▁he", "l", "o", "x"])
            model.Add(1, new ProtoMessage().Add(1, piece).Add(2, -1.5f));
        model.Add(2, new ProtoMessage().Add(3, 1L).Add(40, 0L));
        model.Add(3, new ProtoMessage().Add(2, CharsMap()));
        return model.Bytes.ToArray();
    }

    // A double array that maps A to a: the root, the node of A at 0x40, and its value at 0xC0.
    private static byte[] CharsMap()
    {
        uint[] units = new uint[0xC1];
        (units[0], units[0x40], units[0xC0]) = (1 << 10, 0x80 << 10 | 1 << 8 | 'A', 0x8000_0000);
        byte[] bytes = new byte[sizeof(uint) * (units.Length + 1)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, sizeof(uint) * units.Length);
        for (int i = 0; i < units.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(uint) * (i + 1)), units[i]);
        return [.. bytes, .. "a\0"u8];
    }

    private static Dictionary<string, byte[]> Bytes(JsonObject json) => new() { [Json] = Encoding.UTF8.GetBytes(json.ToJsonString()) };

    private static MutantKind Kind(string name, string path, Dictionary<string, byte[]> files) => new(
        $"{name}/{path}", files[path], IsText: true,
        mutant => Use(new MemorySource(new Dictionary<string, byte[]>(files) { [path] = mutant })), [.. files.Keys]);

    private static void Use(MemorySource files)
    {
        BertTokenizer tokenizer = BertTokenizer.ReadFrom(files);
        foreach (string text in (string[])["he hello ab, A  x 12!", "é🙂\u0301 東\0\ud800 'S\n", new string('h', 3_000)])
        {
            BertEncoding row = tokenizer.Encode(text, "he", new BertEncodeOptions { MaxLength = 30, Padding = BertPadding.MaxLength });
            if (row.Length < 30 || row.Offsets.Any(offset => offset.Start > offset.End || offset.End > text.Length))
                throw new InvalidOperationException("A row has a wrong length or wrong offsets.");
            _ = tokenizer.Decode(row.Ids, skipSpecialTokens: false);
        }
    }
}
