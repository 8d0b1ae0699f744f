using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>What the files of a checkpoint say about its tokenizer, and that they say the same after saving.</summary>
public sealed class TokenizerFilesTests : IDisposable
{
    private static readonly string[] s_vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "hello", "Hello", "é", "e", "中", "文", "##文", "中文", "<x>", "!", "<", ">",
            "x", "yes"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Vocabulary_alone_is_read_as_uncased()
    {
        Write("vocab.txt", string.Join("\r\n", s_vocabulary) + "\r\n");
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal(new BertTokenizerOptions(), tokenizer.Options);
        Assert.Equal(s_vocabulary.Length, tokenizer.Vocabulary.Size);
        Assert.Equal(["[CLS]", "hello", "e", "中", "文", "a", "##b", "!", "[MASK]", "[SEP]"], Tokens(tokenizer, "HELLO É 中文 AB![MASK]"));
    }

    [Theory]
    [InlineData("""{"do_lower_case": false}""", "Hello É 中文", "Hello [UNK] 中 文")]
    [InlineData("""{"do_lower_case": true, "strip_accents": false}""", "Hello É 中文", "hello é 中 文")]
    [InlineData("""{"do_lower_case": false, "strip_accents": true}""", "Hello é 中文", "Hello e 中 文")]
    [InlineData("""{"tokenize_chinese_chars": false}""", "hello 中文", "hello 中文")]
    [InlineData("""{"split_special_tokens": true}""", "[MASK]", "[UNK] [UNK] [UNK]")]
    [InlineData("""{"tokenizer_class": "DistilBertTokenizerFast", "model_max_length": 512, "never_split": null}""", "hello", "hello")]
    [InlineData("""{"model_max_length": 1000000000000000019884624838656}""", "hello", "hello")]
    [InlineData("""{"additional_special_tokens": ["<x>"]}""", "a<x>b", "a <x> [UNK]")]
    [InlineData("""{"extra_special_tokens": ["<x>"]}""", "a<x>b", "a <x> [UNK]")]
    [InlineData("""{"extra_special_tokens": {"x_token": "<x>"}}""", "a<x>b", "a <x> [UNK]")]
    [InlineData("""{"added_tokens_decoder": {"15": {"content": "<x>", "lstrip": false, "normalized": false, "rstrip": false, "single_word": false, "special": true}}}""", "a<x>!", "a <x> !")]
    [InlineData("""{"added_tokens_decoder": {"21": {"content": "No way", "lstrip": false, "normalized": true, "rstrip": false, "single_word": false, "special": false}}}""", "a no WAY!", "a no way !")]
    [InlineData("""{"mask_token": {"content": "[MASK]", "lstrip": true, "rstrip": false, "normalized": false, "single_word": false, "__type": "AddedToken"}}""", "a  [MASK]!", "a   [MASK] !")]
    public void Config_is_honoured(string config, string text, string expected)
    {
        Write("vocab.txt", string.Join('\n', s_vocabulary) + "\n");
        Write("tokenizer_config.json", config);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal(expected, string.Join(' ', Tokens(tokenizer, text)[1..^1]));
        AssertSameAfterSaving(tokenizer, text);
        AssertSameAfterSaving(tokenizer.WithOptions(tokenizer.Options), text);
    }

    [Fact]
    public void Maximum_length_without_end_is_none_and_another_is_kept()
    {
        Write("vocab.txt", string.Join('\n', s_vocabulary));
        Write("tokenizer_config.json", """{"model_max_length": 1e30}""");
        Assert.Null(BertTokenizer.FromPretrained(_folder.Path).Options.ModelMaxLength);
        Write("tokenizer_config.json", """{"model_max_length": 384}""");
        Assert.Equal(384, BertTokenizer.FromPretrained(_folder.Path).Options.ModelMaxLength);
    }

    [Fact]
    public void Sides_of_padding_and_truncation_are_the_files_own_unless_a_call_says_otherwise()
    {
        Write("vocab.txt", string.Join('\n', s_vocabulary));
        Write("tokenizer_config.json", """{"padding_side": "left", "truncation_side": "left"}""");
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        var five = new BertEncodeOptions { MaxLength = 5, Padding = BertPadding.MaxLength };
        string Row(string text, BertEncodeOptions options) => string.Join(' ', tokenizer.Encode(text, options: options).Tokens);
        Assert.Equal("[PAD] [PAD] [CLS] a [SEP]", Row("a", five));
        Assert.Equal("[CLS] x yes ! [SEP]", Row("a x yes!", five));
        Assert.Equal("[CLS] a [SEP] [PAD] [PAD]", Row("a", five with { PaddingSide = BertPaddingSide.Right }));
        Assert.Equal("[CLS] a x yes [SEP]", Row("a x yes!", five with { TruncationSide = BertTruncationSide.Right }));

        // What encoders are given: the same row without its padding.
        List<int> row = [];
        tokenizer.EncodeTo("a x yes!", "hello e a", hasPair: true, 6, BertTruncation.LongestFirst, row, out int pairStart);
        Assert.Equal(tokenizer.Encode("a x yes!", "hello e a", new() { MaxLength = 6 }).Ids, row);
        Assert.Equal(["[CLS]", "yes", "!", "[SEP]", "a", "[SEP]"], row.Select(id => tokenizer.Vocabulary[id]));
        Assert.Equal(4, pairStart);

        Assert.Equal((BertPaddingSide.Left, BertTruncationSide.Left), (tokenizer.Options.PaddingSide, tokenizer.Options.TruncationSide));
        AssertSameAfterSaving(tokenizer, "a");
        tokenizer = AssertSameAfterSaving(tokenizer.WithOptions(tokenizer.Options with { PaddingSide = BertPaddingSide.Right }), "a");
        Assert.Equal("[CLS] a [SEP] [PAD] [PAD]", Row("a", five));

        Write("tokenizer_config.json", """{"padding_side": "middle"}""");
        Assert.Contains("'padding_side'", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Special_tokens_of_other_names_are_found_in_map_and_config()
    {
        Write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\n<mask>\nhi\n");
        Write("special_tokens_map.json", """{"cls_token": "<s>", "sep_token": {"content": "</s>", "lstrip": false, "rstrip": false, "normalized": false, "single_word": false}, "mask_token": "<mask>"}""");
        Write("tokenizer_config.json", """{"unk_token": "<unk>", "pad_token": "<pad>"}""");
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal([2, 5, 4, 1, 3], tokenizer.Encode("hi<mask>?").Ids);
        Assert.Equal((0, 1, 2, 3, 4),
            (tokenizer.PadTokenId, tokenizer.UnknownTokenId, tokenizer.ClsTokenId, tokenizer.SepTokenId, tokenizer.MaskTokenId));
        AssertSameAfterSaving(tokenizer, "hi <mask>");
    }

    [Fact]
    public void Added_tokens_file_of_old_checkpoints_is_read()
    {
        Write("vocab.txt", string.Join('\n', s_vocabulary) + "\n");
        Write("added_tokens.json", """{"covid": 21, "[E1]": 22}""");
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal([2, 21, 22, 16, 3], tokenizer.Encode("COVID[e1]!").Ids);
        Assert.Equal(23, tokenizer.Vocabulary.Size);
        AssertSameAfterSaving(tokenizer, "covid [E1] a");
    }

    [Fact]
    public void Tokenizer_json_equals_the_vocabulary_that_it_was_made_from()
    {
        File.Copy(Shared.Folder("vocab", "bert-base-uncased.tokenizer.json"), _folder["tokenizer.json"]);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal(Tokenizers.Uncased.Options, tokenizer.Options);
        foreach (ReferenceRow row in ReferenceRow.Read("single-uncased.jsonl"))
            Assert.Equal(row.Expected.Ids, tokenizer.Encode(row.Text).Ids);
        AssertSameAfterSaving(tokenizer, "Where it all began: São Paulo, 1554.");
        Assert.True(File.Exists(_folder["saved", "tokenizer.json"]));
        Assert.Equal(File.ReadAllText(Shared.Folder("vocab", "bert-base-uncased.vocab.txt")),
            File.ReadAllText(_folder["saved", "vocab.txt"]));
    }

    // Expected lists made with crate tokenizers 0.22.2.
    [Theory]
    [InlineData("a  <L>  b", "[CLS]|a|  <L>|b|[SEP]", "0-0 0-1 1-6 8-9 0-0")]
    [InlineData("a <R>   b", "[CLS]|a|<R>   |b|[SEP]", "0-0 0-1 2-8 8-9 0-0")]
    [InlineData("see YESTERDAY now", "[CLS]|see|yesterday|now|[SEP]", "0-0 0-3 4-13 14-17 0-0")]
    [InlineData("cat catalog cat,", "[CLS]|cat|catalog|cat|,|[SEP]", "0-0 0-3 4-11 12-15 15-16 0-0")]
    [InlineData("a  e X   b", "[CLS]|a|  e x   |b|[SEP]", "0-0 0-1 1-9 9-10 0-0")]
    [InlineData("<L><R> <L>  x", "[CLS]|<L>|<R> |<L>|x|[SEP]", "0-0 0-3 3-7 7-10 12-13 0-0")]
    public void Flags_of_added_tokens_are_honoured(string text, string tokens, string offsets)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Shared.Folder("vocab", "bert-base-uncased.tokenizer.json")))!;
        JsonArray added = json["added_tokens"]!.AsArray();
        Add("<L>", 30522, "lstrip", "special");
        Add("<R>", 30523, "rstrip");
        Add("Yesterday", 30524, "normalized");
        Add("cat", 30525, "single_word");
        Add("É x", 30526, "normalized", "lstrip", "rstrip");
        Write("tokenizer.json", json.ToJsonString());
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        BertEncoding encoding = tokenizer.Encode(text);
        Assert.Equal(tokens, string.Join('|', encoding.Tokens));
        Assert.Equal(offsets, string.Join(' ', encoding.Offsets.Select(o => $"{o.Start}-{o.End}")));
        AssertSameAfterSaving(tokenizer, text);

        void Add(string content, int id, params string[] flags) => added.Add(new JsonObject(
            new[] { "single_word", "lstrip", "rstrip", "normalized", "special" }.Select(
                flag => KeyValuePair.Create(flag, (JsonNode?)flags.Contains(flag))))
            { ["content"] = content, ["id"] = id });
    }

    [Theory]
    [InlineData("model", """{"type": "WordLevel", "vocab": {}}""", "unk_token")]
    [InlineData("model", """{"vocab": {}}""", "without a type")]
    [InlineData("model", """{"type": "BPE", "vocab": {}, "byte_fallback": true, "end_of_word_suffix": "</w>"}""", "byte_fallback")]
    [InlineData("model", """{"type": "BPE", "vocab": {}, "merges": [], "dropout": 0.1}""", "dropout")]
    [InlineData("normalizer", """{"type": "Unidecode"}""", "Unidecode")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Bert"}]}""", "'Bert'")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "(a)\\1"}, "content": ""}""", "\\1")]
    [InlineData("pre_tokenizer", """{"type": "Delimiter"}""", "Delimiter")]
    [InlineData("post_processor", """{"type": "Shift"}""", "Shift")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": []}""", "another row")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [], "pair": []}""", "another row")]
    [InlineData("decoder", """{"type": "CTC"}""", "CTC")]
    public void Unknown_parts_are_refused_by_name(string part, string content, string named)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Shared.Folder("vocab", "bert-base-uncased.tokenizer.json")))!;
        json[part] = JsonNode.Parse(content);
        Write("tokenizer.json", json.ToJsonString());
        var error = Assert.Throws<NotSupportedException>(() => BertTokenizer.FromPretrained(_folder.Path));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizer_class_of_another_kind_is_refused_by_name()
    {
        Write("vocab.txt", string.Join('\n', s_vocabulary));
        Write("tokenizer_config.json", """{"tokenizer_class": "BertJapaneseTokenizer"}""");
        Assert.Contains("BertJapaneseTokenizer",
            Assert.Throws<NotSupportedException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_damaged_files_are_named()
    {
        Assert.Contains("vocab.txt", Assert.Throws<FileNotFoundException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => BertTokenizer.FromPretrained(_folder["nowhere"]));
        Write("vocab.txt", "");
        Assert.Contains("empty", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\na");
        Assert.Contains("[SEP]", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        Write("vocab.txt", string.Join('\n', s_vocabulary));
        Write("tokenizer_config.json", "{\"do_lower_case\": \"yes\"}");
        Assert.Contains("do_lower_case", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        Write("tokenizer.json", "{\"model\":");
        Assert.Contains("tokenizer.json", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        Write("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"a": 2000000000}}, "pre_tokenizer": {"type": "BertPreTokenizer"}}""");
        Assert.ThrowsAny<Exception>(() => BertTokenizer.FromPretrained(_folder.Path));
    }

    [Fact]
    public void Tokenizer_made_from_a_vocabulary_is_read_again_with_its_options()
    {
        var options = new BertTokenizerOptions
        {
            DoLowerCase = false,
            StripAccents = true,
            TokenizeChineseChars = false,
            SplitSpecialTokens = true,
            ModelMaxLength = 77,
            MaskToken = "<x>",
        };
        BertTokenizer tokenizer = BertTokenizer.Create(s_vocabulary, options);
        Assert.Equal(options, AssertSameAfterSaving(tokenizer, "Hello é 中文 <x> [MASK]").Options);
    }

    private BertTokenizer AssertSameAfterSaving(BertTokenizer tokenizer, string text)
    {
        string saved = _folder["saved"];
        tokenizer.Save(saved);
        Assert.Empty(Directory.EnumerateFiles(saved, "*.new"));
        BertTokenizer again = BertTokenizer.FromPretrained(saved);
        Assert.Equal(tokenizer.Options, again.Options);
        Assert.Equal(tokenizer.Vocabulary.Ids.OrderBy(t => t.Value), again.Vocabulary.Ids.OrderBy(t => t.Value));
        Assert.Equal(tokenizer.Encode(text).Tokens, again.Encode(text).Tokens);
        Assert.Equal(tokenizer.Encode(text).Ids, again.Encode(text).Ids);
        return again;
    }

    private static string[] Tokens(BertTokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Tokens];

    private void Write(string name, string content) => File.WriteAllText(_folder[name], content);
}
