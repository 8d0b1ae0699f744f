using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Files;
using Bert.MLNet.Tokenization;
using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Unigram on vocabularies of its own.</summary>
public sealed class UnigramTests : IDisposable
{
    private static readonly (string Piece, double Score)[] s_pieces =
    [
        ("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁", -3), ("▁he", -2), ("llo", -2.5), ("▁hello", -4), ("l", -5), ("o", -5),
        ("w", -5), ("▁wor", -3), ("ld", -3), ("r", -6), ("d", -6), ("a", -4),
        ("<0xC3>", -9), ("<0xA9>", -9), ("<mask>", 0),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Expected lists made with crate tokenizers 0.22.2.
    [Theory]
    [InlineData("always", true, false, "hello  world", "▁hello|▁|▁wor|ld", "0-5 5-6 6-10 10-12")]
    [InlineData("always", false, false, "hello world", "▁hello|▁wor|ld", "0-5 5-9 9-11")]
    [InlineData("never", true, false, "hello", "he|llo", "0-2 2-5")]
    [InlineData("first", true, false, "he<mask>he", "▁he|<mask>|he", "0-2 2-8 8-10")]
    [InlineData("always", true, false, "xyz aé", "▁|xyz|▁|a|é", "0-1 0-3 3-4 4-5 5-6")]
    [InlineData("always", true, true, "é ü", "▁|<0xC3>|<0xA9>|▁|ü", "0-1 0-1 0-1 1-2 2-3")]
    public void Tokens_and_offsets_are_those_of_the_rust_code(
        string scheme, bool split, bool byteFallback, string text, string tokens, string offsets)
    {
        BertEncoding encoding = Tokenizer(scheme, split, byteFallback)
            .Encode(text, options: new BertEncodeOptions { AddSpecialTokens = false });
        Assert.Equal(tokens, string.Join('|', encoding.Tokens));
        Assert.Equal(offsets, string.Join(' ', encoding.Offsets.Select(o => $"{o.Start}-{o.End}")));
    }

    [Fact]
    public void Best_way_has_the_highest_sum_of_scores_of_all_ways()
    {
        BertTokenizer tokenizer = Tokenizer("never", split: false, byteFallback: false);
        Dictionary<string, double> scores = s_pieces.ToDictionary(piece => piece.Piece, piece => piece.Score);
        Gen.OneOf("▁", "h", "e", "l", "o", "w", "r", "d", "a", "🙂").Array[0, 12].Sample(parts =>
        {
            string text = string.Concat(parts);
            BertEncoding encoding = tokenizer.Encode(text, options: new BertEncodeOptions { AddSpecialTokens = false });
            Assert.Equal(text, string.Concat(encoding.Tokens));
            double sum = encoding.Tokens.Sum(token => scores.TryGetValue(token, out double score)
                ? score
                : -19 * token.EnumerateRunes().Count());
            Assert.Equal(Best(text, scores), sum, 9);
        });
    }

    private static double Best(string text, Dictionary<string, double> scores)
    {
        if (text.Length == 0)
            return 0;
        int first = char.IsHighSurrogate(text[0]) ? 2 : 1;
        double best = scores.ContainsKey(text[..first]) ? double.NegativeInfinity : -19 + Best(text[first..], scores);
        foreach ((string piece, double score) in scores)
        {
            if (text.StartsWith(piece, StringComparison.Ordinal))
                best = Math.Max(best, score + Best(text[piece.Length..], scores));
        }
        return best;
    }

    [Fact]
    public void Trie_finds_all_pieces_and_nothing_else() => Gen.String[Gen.Char["abc▁東\ud83d\ude42"], 1, 6].Array[0, 300].Sample(pieces =>
    {
        string[] distinct = [.. pieces.Distinct()];
        var trie = new DoubleArrayTrie(distinct.Select((piece, i) => (piece, i)));
        for (int i = 0; i < distinct.Length; i++)
        {
            Assert.Equal(i, trie.Find(distinct[i]));
            Assert.Equal(Array.IndexOf(distinct, distinct[i] + "b"), trie.Find(distinct[i] + "b"));
            string rest = distinct[i].Remove(0, 1);
            Assert.Equal(rest.Length == 0 ? -1 : Array.IndexOf(distinct, rest), trie.Find(rest));
        }
    });

    [Fact]
    public void Trie_of_many_pieces_and_letters_has_few_gaps()
    {
        var random = new Random(1);
        HashSet<string> pieces = [.. Enumerable.Range(0x4E00, 5_000).Select(c => ((char)c).ToString())];
        while (pieces.Count < 30_000)
            pieces.Add(string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => (char)random.Next(0x4E00, 0x4E00 + 5_000))));
        var trie = new DoubleArrayTrie(pieces.Select((piece, i) => (piece, i)));
        int number = 0;
        foreach (string piece in pieces)
            Assert.Equal(number++, trie.Find(piece));
        int nodes = pieces.SelectMany(piece => Enumerable.Range(1, piece.Length).Select(length => piece[..length])).Distinct().Count() + 1;
        Assert.InRange(trie.Size, nodes, nodes * 3 / 2);
    }

    [Fact]
    public void Saved_tokenizer_is_the_same()
    {
        BertTokenizer tokenizer = Tokenizer("always", split: true, byteFallback: true);
        tokenizer.Save(_folder["saved"]);
        BertTokenizer again = BertTokenizer.FromPretrained(_folder["saved"]);
        Assert.Equal(tokenizer.Options, again.Options);
        Assert.Equal(tokenizer.ContentHash, again.ContentHash);
        Assert.Equal(tokenizer.Encode("hello <mask> é").Tokens, again.Encode("hello <mask> é").Tokens);
    }

    [Theory]
    [InlineData("albert-random", "spiece.model", "albert.jsonl")]
    [InlineData("deberta-v3-seqclass-random", "spm.model", "deberta.jsonl")]
    public void Model_of_SentencePiece_alone_equals_its_tokenizer_json(string model, string file, string rows)
    {
        foreach (string name in (string[])[file, "tokenizer_config.json", "special_tokens_map.json"])
            File.Copy(Shared.Folder("reference", "models", model, name), _folder[name]);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        foreach (ReferenceRow row in ReferenceRow.Read(rows).Where(row => row.Error is null && row.Option<int?>("max_length") is null))
        {
            BertEncoding encoding = tokenizer.Encode(row.Text, row.Pair, row.EncodeOptions());
            Assert.Equal(row.Expected.Ids, encoding.Ids);
            Assert.Equal(row.Expected.Offsets, encoding.Offsets);
        }
        tokenizer.Save(_folder["saved"]);
        Assert.Equal(tokenizer.Encode("Hello  there").Ids, BertTokenizer.FromPretrained(_folder["saved"]).Encode("Hello  there").Ids);
    }

    [Fact]
    public void Model_of_an_XlmRoberta_alone_has_the_ids_of_its_tokenizer_json()
    {
        foreach (string name in (string[])["sentencepiece.bpe.model", "tokenizer_config.json"])
            File.Copy(Shared.Folder("reference", "models", "xlm-roberta-random", name), _folder[name]);
        BertTokenizer alone = BertTokenizer.FromPretrained(_folder.Path),
            whole = Tokenizers.OfFolder(addPrefixSpace: false, "models", "xlm-roberta-random");
        Assert.Equal(whole.Vocabulary.Ids.OrderBy(token => token.Value), alone.Vocabulary.Ids.OrderBy(token => token.Value));
        foreach (string text in (string[])["The city was founded on a wide river.", "Zwei junge Männer stehen im Freien", "a <mask> b"])
            Assert.Equal(whole.Encode(text, text).Ids, alone.Encode(text, text).Ids);
    }

    [Fact]
    public void Small_model_of_SentencePiece_is_read()
    {
        WriteModel(type: 1);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal(["<s>", "▁hello", "</s>"], tokenizer.Encode("hello ").Tokens);
        Assert.Equal([0, 7, 2], tokenizer.Encode("hello").Ids);
    }

    [Fact]
    public void Damaged_models_get_one_clear_message()
    {
        WriteModel(type: 2);
        Assert.Contains("BPE", Assert.Throws<NotSupportedException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
        WriteModel(type: 1);
        byte[] content = File.ReadAllBytes(_folder["sentencepiece.bpe.model"]);
        foreach (int length in (int[])[content.Length - 1, content.Length / 2, 3])
        {
            File.WriteAllBytes(_folder["sentencepiece.bpe.model"], content[..length]);
            Assert.Contains("sentencepiece.bpe.model",
                Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("model", """{"type": "Unigram", "unk_id": 99, "vocab": [["a", 0.0]]}""", "unk_id")]
    [InlineData("model", """{"type": "Unigram", "unk_id": 0, "vocab": [["a", "b"]]}""", "'vocab'")]
    [InlineData("model", """{"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e999]]}""", "'vocab'")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "////"}""", "precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "/////w=="}""", "precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "?"}""", "precompiled_charsmap")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "ab"}""", "replacement")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}""", "prepend_scheme")]
    public void Damaged_tokenizer_json_gets_one_clear_message(string part, string content, string named)
    {
        JsonObject json = Json("always", split: true, byteFallback: false);
        json[part] = JsonNode.Parse(content);
        File.WriteAllText(_folder["tokenizer.json"], json.ToJsonString());
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lower_case_that_is_asked_for_is_written_into_tokenizer_json()
    {
        BertTokenizer tokenizer = Tokenizer("always", split: true, byteFallback: false);
        Assert.Equal("▁|HELLO", string.Join('|', tokenizer.Encode("HELLO").Tokens.Skip(1).SkipLast(1)));
        BertTokenizer lower = tokenizer.WithOptions(tokenizer.Options with { DoLowerCase = true });
        Assert.Equal(["▁hello"], lower.Encode("HELLO").Tokens.Skip(1).SkipLast(1));
        lower.Save(_folder["saved"]);
        Assert.Equal(["▁hello"], BertTokenizer.FromPretrained(_folder["saved"]).Encode("HELLO").Tokens.Skip(1).SkipLast(1));
    }

    [Fact]
    public void Rows_leave_no_garbage()
    {
        BertTokenizer tokenizer = Tokenizer("always", split: true, byteFallback: false);
        string text = string.Concat(Enumerable.Repeat("hello world, hellish héllo 🙂 <mask> aaaaaaaaaaaaaaaaaaaa", 100));
        var row = new List<int>(10_000);
        Encode();
        Assert.Equal(0, Garbage.Of(20, Encode));

        void Encode()
        {
            row.Clear();
            tokenizer.EncodeTo(text, text, true, 512, BertTruncation.LongestFirst, row, out _);
        }
    }

    private void WriteModel(int type)
    {
        var model = new ProtoMessage();
        // As fairseq's: three special tokens, and then the pieces, of which the tokenizer has one more in front.
        foreach ((string piece, double score) in s_pieces.Skip(1).SkipLast(1))
            model.Add(1, new ProtoMessage().Add(1, piece).Add(2, (float)score));
        model.Add(2, new ProtoMessage().Add(3, type).Add(40, 0L));
        File.WriteAllBytes(_folder["sentencepiece.bpe.model"], model.Bytes.ToArray());
    }

    private BertTokenizer Tokenizer(string scheme, bool split, bool byteFallback)
    {
        File.WriteAllText(_folder["tokenizer.json"], Json(scheme, split, byteFallback).ToJsonString());
        return BertTokenizer.FromPretrained(_folder.Path);
    }

    private static string Vocabulary() => string.Join(
        ", ", s_pieces.Select(piece => FormattableString.Invariant($"[{JsonSerializer.Serialize(piece.Piece)}, {piece.Score:0.0}]")));

    private static JsonObject Json(string scheme, bool split, bool byteFallback) => JsonNode.Parse($$$"""
        {
          "added_tokens": [
            {"id": 18, "content": "<mask>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": false, "special": true}
          ],
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{{scheme}}}", "split": {{{(split ? "true" : "false")}}}
          },
          "post_processor": {
            "type": "TemplateProcessing",
            "single": [
              {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": "</s>", "type_id": 0}}
            ],
            "pair": [
              {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": "</s>", "type_id": 0}},
              {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}},
              {"SpecialToken": {"id": "</s>", "type_id": 0}}
            ],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}
          },
          "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{{scheme}}}"},
          "model": {
            "type": "Unigram", "unk_id": 3, "byte_fallback": {{{(byteFallback ? "true" : "false")}}},
            "vocab": [{{{Vocabulary()}}}]
          }
        }
        """)!.AsObject();
}
