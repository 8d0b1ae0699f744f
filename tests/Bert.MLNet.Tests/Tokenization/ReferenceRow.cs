using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>One row of <c>shared/reference/tokenization</c>: a text, options, and what HuggingFace's Rust tokenizers make of it.</summary>
internal sealed record ReferenceRow(JsonObject Json)
{
    public string Id => (string)Json["id"]!;

    public string Text => Utf16("text_utf16") ?? (string)Json["text"]!;

    public string? Pair => Utf16("pair_utf16") ?? (string?)Json["pair"];

    public string? Error => Json["error"]?.ToJsonString();

    public ReferenceEncoding Expected => new(Json);

    public IEnumerable<ReferenceEncoding> Overflow => Json["overflow"]?.AsArray().Select(o => new ReferenceEncoding(o!.AsObject())) ?? [];

    public string? Decoded => (string?)Json["decoded_skip_special"];

    public T? Option<T>(string name) => Json["options"]![name] is { } value ? value.Deserialize<T>() : default;

    public BertTokenizer Tokenizer()
    {
        string vocabulary = (string)Json["vocab"]!;
        if (vocabulary.StartsWith("../models/", StringComparison.Ordinal))
            return Tokenizers.OfFolder(addPrefixSpace: false, "models", Path.GetFileName(vocabulary));
        if (Option<bool?>("do_lower_case") is not { } lowerCase)
            return Tokenizers.OfFolder(Option<bool>("add_prefix_space"), "tokenization", "vocab", vocabulary);
        return Tokenizers.Get(vocabulary, new BertTokenizerOptions
        {
            DoLowerCase = lowerCase,
            StripAccents = Option<bool?>("strip_accents"),
            TokenizeChineseChars = Option<bool>("tokenize_chinese_chars"),
        });
    }

    public BertEncodeOptions EncodeOptions() => new()
    {
        AddSpecialTokens = Option<bool>("add_special_tokens"),
        MaxLength = Option<int?>("max_length") ?? Option<int?>("pad_to"),
        Truncation = Option<string>("truncation") switch
        {
            "longest_first" => BertTruncation.LongestFirst,
            "only_first" => BertTruncation.OnlyFirst,
            "only_second" => BertTruncation.OnlySecond,
            _ => BertTruncation.None,
        },
        Stride = Option<int>("stride"),
        Padding = Option<int?>("pad_to") is null ? BertPadding.None : BertPadding.MaxLength,
        PaddingSide = Option<string>("padding_side") == "left" ? BertPaddingSide.Left : BertPaddingSide.Right,
    };

    public static IEnumerable<ReferenceRow> Read(string file) =>
        File.ReadLines(Shared.Folder("reference", "tokenization", file)).Select(line => new ReferenceRow(JsonNode.Parse(line)!.AsObject()));

    public override string ToString() => Id;

    internal static int[] Ints(JsonNode array) => [.. array.AsArray().Select(i => (int)i!)];

    private string? Utf16(string field) => Json[field] is { } units ? new string([.. Ints(units).Select(unit => (char)unit)]) : null;
}

/// <summary>The encoding that a row expects, offsets in UTF-16 units.</summary>
internal sealed record ReferenceEncoding(JsonObject Json)
{
    public int[] Ids => ReferenceRow.Ints(Json["ids"]!);

    public int[] TypeIds => ReferenceRow.Ints(Json["type_ids"]!);

    public int[] AttentionMask => ReferenceRow.Ints(Json["attention_mask"]!);

    public string[] Tokens => [.. Json["tokens"]!.AsArray().Select(t => (string)t!)];

    public (int, int)[] Offsets => [.. (Json["offsets_utf16"] ?? Json["offsets"])!.AsArray().Select(o => ((int)o![0]!, (int)o[1]!))];
}
