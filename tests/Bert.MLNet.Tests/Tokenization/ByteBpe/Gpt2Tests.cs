using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Tokenizers without cls and sep tokens, as GPT-2's: <c>vocab.json</c> and <c>merges.txt</c>.</summary>
public sealed class Gpt2Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("""{"model_max_length": 1024}""")]
    [InlineData("""{"tokenizer_class": "GPT2Tokenizer", "unk_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}""")]
    public void Files_open_and_rows_contain_no_special_tokens(string? config)
    {
        Write("<|endoftext|>", config);
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        BertEncoding encoding = tokenizer.Encode("he he", "he", new BertEncodeOptions { MaxLength = 5, Padding = BertPadding.MaxLength });
        Assert.Equal(["he", "Ġhe", "he", "<|endoftext|>", "<|endoftext|>"], encoding.Tokens);
        // Unlike in RoBERTa, offsets include the space.
        Assert.Equal([(0, 2), (2, 5), (0, 2), (0, 0), (0, 0)], encoding.Offsets);
        Assert.Equal([0, 0, 1, 0, 0], encoding.TypeIds);
        Assert.Equal([1, 1, 1, 0, 0], encoding.AttentionMask);
        Assert.Equal((256, 256, -1), (tokenizer.PadTokenId, tokenizer.UnknownTokenId, tokenizer.MaskTokenId));
        Assert.Equal([256, 257], tokenizer.Encode("<|endoftext|>he").Ids);
        Assert.Equal("he", tokenizer.Decode([256, 257], skipSpecialTokens: true));
        tokenizer.Save(_folder["saved"]);
        BertTokenizer again = BertTokenizer.FromPretrained(_folder["saved"]);
        Assert.Equal(tokenizer.Options, again.Options);
        Assert.Equal(encoding.Offsets, again.Encode("he he", "he", new() { MaxLength = 5, Padding = BertPadding.MaxLength }).Offsets);
    }

    [Fact]
    public void Token_for_padding_is_the_configs_own_or_the_end_of_texts()
    {
        Write("<|end|>", """{"tokenizer_class": "GPT2Tokenizer", "unk_token": "<|end|>", "eos_token": "<|end|>"}""");
        Assert.Equal(256, BertTokenizer.FromPretrained(_folder.Path).PadTokenId);
        Write("<|end|>", """{"tokenizer_class": "GPT2Tokenizer", "unk_token": "<|end|>", "eos_token": "<|end|>", "pad_token": "he"}""");
        Assert.Equal(257, BertTokenizer.FromPretrained(_folder.Path).PadTokenId);
        Write("<|end|>", """{"tokenizer_class": "GPT2Tokenizer", "pad_token": "<pad>"}""");
        Assert.Contains("'<pad>'", Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Start_token_that_only_a_tokenizer_json_can_describe_is_refused_by_name()
    {
        Write("<|endoftext|>", """{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true}""");
        Assert.Contains("add_bos_token",
            Assert.Throws<NotSupportedException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizer_json_without_rows_opens_and_a_batch_is_padded()
    {
        Write("<|endoftext|>", config: null);
        var json = new JsonObject
        {
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 256, ["content"] = "<|endoftext|>", ["special"] = true }),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type": "ByteLevel", "add_prefix_space": false}"""),
            ["post_processor"] = JsonNode.Parse("""{"type": "ByteLevel", "trim_offsets": false}"""),
            ["decoder"] = JsonNode.Parse("""{"type": "ByteLevel"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonNode.Parse(File.ReadAllText(_folder["vocab.json"])),
                ["merges"] = new JsonArray("h e", "Ġ he"),
            },
        };
        BertTokenizer files = BertTokenizer.FromPretrained(_folder.Path), whole = TokenizerParts.Open(json);
        IReadOnlyList<BertEncoding> batch =
            whole.EncodeBatch(["he he", "🙂", ""], options: new BertEncodeOptions { Padding = BertPadding.Longest });
        Assert.Equal([4, 4, 4], batch.Select(row => row.Length));
        Assert.Equal([256, 256, 256, 256], batch[2].Ids);
        Assert.Equal(files.Encode("he 🙂 he").Ids, whole.Encode("he 🙂 he").Ids);
        Assert.Equal(files.Encode("he 🙂 he").Offsets, whole.Encode("he 🙂 he").Offsets);
    }

    private void Write(string special, string? config)
    {
        string[] vocabulary =
            [.. ByteAlphabet.Characters.ToArray().Select(c => c.ToString()), special, "he", "Ġhe"];
        File.WriteAllText(_folder["vocab.json"],
            JsonSerializer.Serialize(vocabulary.Index().ToDictionary(token => token.Item, token => token.Index)));
        File.WriteAllText(_folder["merges.txt"], "#version: 0.2\nh e\nĠ he\n");
        if (config is not null)
            File.WriteAllText(_folder["tokenizer_config.json"], config);
    }
}
