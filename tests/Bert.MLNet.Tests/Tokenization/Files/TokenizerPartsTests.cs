using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Each part that a tokenizer.json can have, against HuggingFace's Rust tokenizers.</summary>
public sealed class TokenizerPartsTests
{
    [Fact]
    public void Every_part_gives_the_tokens_of_the_rust_code()
    {
        var wrong = new List<string>();
        foreach ((string name, JsonObject json, JsonArray rows) in TokenizerParts.All.Cases)
        {
            BertTokenizer tokenizer = TokenizerParts.Open(json);
            foreach (JsonNode? row in rows)
            {
                BertEncoding encoding = tokenizer.Encode((string)row!["text"]!, (string?)row["pair"]);
                string text = $"{name} of {row["text"]!.ToJsonString()}";
                Check(text + " ids", row["ids"], string.Join(' ', encoding.Ids));
                Check(text + " offsets", row["offsets"], string.Join(' ', encoding.Offsets.Select(o => $"{o.Start}-{o.End}")));
                Check(text + " words", row["words"],
                    string.Join(' ', encoding.WordIds.Select(word => word?.ToString(CultureInfo.InvariantCulture) ?? "-")));
                Check(text + " types", row["types"], string.Join(' ', encoding.TypeIds));
                Check(text + " decoded", row["decoded"], tokenizer.Decode(encoding.Ids, skipSpecialTokens: true));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(10)));

        void Check(string what, JsonNode? expected, string actual)
        {
            if (expected is not null && (string)expected! != actual)
                wrong.Add($"{what}: expected {expected}, but was {actual}");
        }
    }

    [Fact]
    public void Lean_rows_are_the_same_in_every_template()
    {
        foreach ((_, JsonObject json, _) in TokenizerParts.All.Cases.Where(item => item.Tokenizer["post_processor"] is not null))
        {
            BertTokenizer tokenizer = TokenizerParts.Open(json);
            foreach (string? pair in (string?[])[null, "ab", ""])
            {
                BertEncoding expected = tokenizer.Encode("hello it", pair);
                var row = new List<int>();
                Assert.Equal(expected.Length, tokenizer.EncodeTo(
                    "hello it", pair, pair is not null, 512, BertTruncation.LongestFirst, row, out int pairStart));
                Assert.Equal(expected.Ids, row);
                int types = expected.TypeIds.ToList().IndexOf(1);
                Assert.Equal(types < 0 ? expected.Length : types, pairStart);
                Assert.Equal(expected.Length, tokenizer.Encode("hello it", pair, new() { MaxLength = expected.Length }).Length);
            }
        }
    }

    [Fact]
    public void Saved_tokenizer_keeps_its_parts()
    {
        using var folder = new TemporaryFolder();
        foreach ((_, JsonObject json, JsonArray rows) in TokenizerParts.All.Cases.Where((_, i) => i % 10 == 0))
        {
            BertTokenizer tokenizer = TokenizerParts.Open(json);
            tokenizer.Save(folder["saved"]);
            BertTokenizer again = BertTokenizer.FromPretrained(folder["saved"]);
            Assert.Equal(tokenizer.Options, again.Options);
            Assert.Equal(tokenizer.Encode((string)rows[0]!["text"]!).Ids, again.Encode((string)rows[0]!["text"]!).Ids);
        }
    }

    [Theory]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": " "}, "behavior": "Kept"}""", "'behavior'")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": " "}}""", "has no behavior")]
    [InlineData("pre_tokenizer", """{"type": "Split", "behavior": "Removed"}""", "has no pattern")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": 3}, "behavior": "Removed"}""", "'Regex'")]
    [InlineData("pre_tokenizer", """{"type": "CharDelimiterSplit", "delimiter": "ab"}""", "'delimiter'")]
    [InlineData("pre_tokenizer", """{"type": "Digits", "individual_digits": 1}""", "'individual_digits'")]
    [InlineData("pre_tokenizer", """{"type": "FixedLength", "length": 0}""", "'length'")]
    [InlineData("model", """{"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "?"}""", "'?'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}""", "'b'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "?"}""", "'?'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"], "continuing_subword_prefix": "##"}""", "'##'")]
    [InlineData("model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "é"}""", "'end_of_word_suffix'")]
    public void Damaged_parts_get_one_clear_message(string part, string content, string named)
    {
        JsonObject json = TokenizerParts.All.Get("characters", new JsonObject { [part] = JsonNode.Parse(content) });
        string message = Assert.Throws<InvalidDataException>(() => TokenizerParts.Open(json)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", message, StringComparison.Ordinal);
    }
}
