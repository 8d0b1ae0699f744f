using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Generation;

namespace Bert.MLNet.Tests.Models.Generation;

/// <summary>Checkpoints with a decoder as folders.</summary>
public sealed class DecoderFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Checkpoints => ReferenceSequences.Names;

    [Theory, MemberData(nameof(Checkpoints))]
    public void A_reference_checkpoint_is_saved_with_the_tensors_and_configs_that_it_was_read_from(string checkpoint)
    {
        string folder = Shared.Folder("reference", "seq2seq", checkpoint);
        BertModel model = BertModel.FromPretrained(folder);
        model.SavePretrained(_folder["saved"]);
        Assert.Equal(Tensors(folder), Tensors(_folder["saved"]));
        JsonNode before = Config(folder), after = Config(_folder["saved"]);
        foreach ((string name, JsonNode? value) in before.AsObject())
        {
            if (value is not null && name is not ("encoder" or "decoder"))
                Assert.True(JsonNode.DeepEquals(value, after[name]), name);
        }
        foreach (string part in new[] { "encoder", "decoder" })
        {
            foreach ((string name, JsonNode? value) in before[part]!.AsObject())
                Assert.True(JsonNode.DeepEquals(value, after[part]![name]) || value is null, $"{part} {name}");
        }
        BertModel again = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(model.Decoder!.Config with { Source = null }, again.Decoder!.Config with { Source = null });
        Assert.Equal(model.Decoder.Generation, again.Decoder.Generation);
        Assert.Equal(new BertGenerationOptions { NumBeams = 4, LengthPenalty = 2, NoRepeatNgramSize = 3,
            EarlyStopping = BertEarlyStopping.WhenComplete }, again.Decoder.Generation);
        again.SavePretrained(_folder["saved"]);
        Assert.Equal(again.ContentHash, BertModel.FromPretrained(_folder["saved"]).ContentHash);
    }

    [Fact]
    public void A_decoder_has_its_own_tokenizer_in_the_folder()
    {
        BertTokenizer target = BertTokenizer.Create(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ein", "film"]);
        var generation = new BertGenerationOptions { NumBeams = 3, MaxLength = 9, EarlyStopping = BertEarlyStopping.Never,
            LengthPenalty = 0.5, Temperature = 0.25 };
        BertModel model = new TinyCheckpoint().Load().WithDecoder(new BertDecoderOptions { Tokenizer = target, NumHiddenLayers = 1,
            Generation = generation });
        model.SavePretrained(_folder["saved"]);
        BertModel again = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal([2, 5, 6, 3], again.Decoder!.Tokenizer.Encode("ein film").Ids);
        Assert.Equal(model.Tokenizer.ContentHash, again.Tokenizer.ContentHash);
        Assert.Equal((1, 7, 7, generation), (again.Decoder.Config.NumHiddenLayers, again.Decoder.Config.VocabSize,
            again.Decoder.Tokenizer.Vocabulary.Size, again.Decoder.Generation));
        new TinyCheckpoint().Load().SavePretrained(_folder["saved"]);
        Assert.False(File.Exists(_folder["saved/generation_config.json"]));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories), file =>
            file.Contains("decoder_tokenizer", StringComparison.Ordinal));
    }

    [Fact]
    public void A_decoder_starts_from_an_encoder_and_its_head_and_the_rest_is_random_by_the_seed()
    {
        BertModel head = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load();
        BertModel model = head.WithDecoder(new BertDecoderOptions { Checkpoint = head });
        foreach (string name in new[] { "encoder.layer.1.attention.self.query.weight", "cls.predictions.transform.dense.weight",
            "embeddings.word_embeddings.weight" })
            Assert.Equal(TensorValues.Of(head.Weights![name]), TensorValues.Of(model.Decoder!.Weights[name]));
        const string Cross = "encoder.layer.1.crossattention.self.query.weight";
        float[] random = TensorValues.Of(model.Decoder!.Weights[Cross]);
        Assert.Equal(0.02, Math.Sqrt(random.Average(value => value * value)), 0.002);
        Assert.Equal(random, TensorValues.Of(head.WithDecoder(new BertDecoderOptions { Checkpoint = head }).Decoder!.Weights[Cross]));
        Assert.NotEqual(random, TensorValues.Of(
            head.WithDecoder(new BertDecoderOptions { Checkpoint = head, Seed = 1 }).Decoder!.Weights[Cross]));
        model.SavePretrained(_folder["saved"]);
        Assert.Null(BertModel.FromPretrained(_folder["saved"]).Weights!.Names.FirstOrDefault(name => name.StartsWith("cls.",
            StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("decoder.bert.")]
    [InlineData("encoder.")]
    public void Shared_weights_are_in_the_file_once_under_either_name(string prefix)
    {
        BertModel model = new TinyCheckpoint().Load().WithDecoder(new BertDecoderOptions { SharesEncoder = true });
        model.SavePretrained(_folder["saved"]);
        string file = _folder["saved/model.safetensors"];
        Safetensors content = Read(file);
        Assert.Single(content.Tensors, tensor => tensor.Name.EndsWith("word_embeddings.weight", StringComparison.Ordinal));
        using (FileStream stream = File.Create(file))
        {
            new Safetensors([.. content.Tensors.Select(tensor => tensor.Name.StartsWith("decoder.bert.", StringComparison.Ordinal)
                && !tensor.Name.Contains("crossattention", StringComparison.Ordinal)
                    ? tensor.Rename(prefix + tensor.Name["decoder.bert.".Length..]) : tensor)],
                Safetensors.DefaultMetadata).Write(stream);
        }
        BertModel again = BertModel.FromPretrained(_folder["saved"]);
        Assert.True(again.Decoder!.SharesEncoder);
        foreach (string name in again.Decoder.Weights.Names.Where(name => again.Weights!.Contains(name)))
            Assert.Equal(TensorValues.Of(again.Weights![name]), TensorValues.Of(again.Decoder.Weights[name]));
        Assert.Equal(TensorValues.Of(model.Weights!["encoder.layer.0.output.dense.weight"]),
            TensorValues.Of(again.Weights!["encoder.layer.0.output.dense.weight"]));
    }

    [Fact]
    public void Generation_is_read_from_older_configs_the_outer_fields_first()
    {
        Write(config =>
        {
            config["num_beams"] = 2;
            config["decoder"]!["num_beams"] = 7;
            config["decoder"]!["length_penalty"] = 0.6;
            config["decoder"]!["early_stopping"] = true;
            config["max_length"] = 11;
        });
        File.Delete(_folder["saved/generation_config.json"]);
        BertGenerationOptions options = BertModel.FromPretrained(_folder["saved"]).Decoder!.Generation;
        Assert.Equal((2, 0.6, BertEarlyStopping.WhenComplete, 11), (options.NumBeams, options.LengthPenalty, options.EarlyStopping,
            options.MaxLength));
    }

    [Fact]
    public void A_default_of_an_older_config_does_not_hide_the_value_of_its_decoder()
    {
        // transformers' GenerationConfig.from_model_config.
        Write(config =>
        {
            config["num_beams"] = 1;
            config["repetition_penalty"] = 1.0;
            config["decoder"]!["num_beams"] = 7;
            config["decoder"]!["repetition_penalty"] = 1.5;
            config["decoder"]!["forced_eos_token_id"] = JsonNode.Parse("[3]");
            config["decoder"]!["min_length"] = 0;
        });
        File.Delete(_folder["saved/generation_config.json"]);
        Assert.Equal(new BertGenerationOptions { NumBeams = 7, RepetitionPenalty = 1.5, ForcedEosTokenId = 3 },
            BertModel.FromPretrained(_folder["saved"]).Decoder!.Generation);
    }

    [Fact]
    public void New_tokens_and_forced_tokens_are_read_and_saved()
    {
        Change(generation =>
        {
            generation["max_new_tokens"] = 11;
            generation["min_new_tokens"] = 4;
            generation["forced_bos_token_id"] = 7;
            generation["repetition_penalty"] = 1.25;
            generation["bad_words_ids"] = null;
            generation["renormalize_logits"] = false;
            generation["use_cache"] = true;
        });
        var expected = new BertGenerationOptions { MaxLength = 12, MinLength = 5, ForcedBosTokenId = 7, RepetitionPenalty = 1.25 };
        BertModel model = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(expected, model.Decoder!.Generation);
        model.SavePretrained(_folder["saved"]);
        Assert.Equal(expected, BertModel.FromPretrained(_folder["saved"]).Decoder!.Generation);
    }

    [Fact]
    public void The_first_token_of_the_generation_config_comes_before_that_of_the_config()
    {
        Change(generation =>
        {
            generation.Remove("decoder_start_token_id");
            generation["bos_token_id"] = 8;
            generation["eos_token_id"] = JsonNode.Parse("[9]");
        });
        BertDecoder decoder = BertModel.FromPretrained(_folder["saved"]).Decoder!;
        Assert.Equal((8, 9), (decoder.StartTokenId, decoder.EndTokenId));
    }

    [Theory]
    [InlineData("""{"model_type": "encoder-decoder", "encoder": {}}""", "'decoder'", typeof(InvalidDataException))]
    [InlineData("""{"model_type": "encoder-decoder", "decoder": {}}""", "'encoder'", typeof(InvalidDataException))]
    public void A_config_without_a_part_is_refused(string config, string named, Type error)
    {
        Write(_ => { });
        File.WriteAllText(_folder["saved/config.json"], config.Replace("\"encoder\": {}",
            "\"encoder\": " + Config(_folder["saved"])["encoder"]!.ToJsonString(), StringComparison.Ordinal));
        Assert.Contains(named, Assert.Throws(error, () => BertModel.FromPretrained(_folder["saved"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decoder/model_type", "\"distilbert\"", "cannot be a decoder")]
    [InlineData("decoder/is_decoder", "false", "is_decoder")]
    [InlineData("decoder/cross_attention_hidden_size", "12", "cross_attention_hidden_size")]
    [InlineData("decoder/hidden_size", "16", "enc_to_dec_proj")]
    [InlineData("decoder/num_hidden_layers", "1", "has 1 layers")]
    [InlineData("eos_token_id", "[1, 2]", "eos_token_id")]
    [InlineData("decoder_start_token_id", "100000", "decoder_start_token_id")]
    public void A_config_that_does_not_fit_is_refused_and_the_field_is_named(string path, string value, string named)
    {
        Write(config =>
        {
            string[] parts = path.Split('/');
            (parts.Length == 1 ? config : config[parts[0]]!)[parts[^1]] = JsonNode.Parse(value);
        });
        File.Delete(_folder["saved/generation_config.json"]);
        Exception error = Assert.ThrowsAny<Exception>(() => BertModel.FromPretrained(_folder["saved"]));
        Assert.True(error is InvalidDataException or NotSupportedException, $"{error}");
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder_repetition_penalty", "1.2")]
    [InlineData("encoder_no_repeat_ngram_size", "3")]
    [InlineData("diversity_penalty", "0.5")]
    [InlineData("num_beam_groups", "2")]
    [InlineData("bad_words_ids", "[[7]]")]
    [InlineData("force_words_ids", "[[7]]")]
    [InlineData("constraints", "[1]")]
    [InlineData("suppress_tokens", "[7]")]
    [InlineData("begin_suppress_tokens", "[7]")]
    [InlineData("sequence_bias", "{\"7\": 1}")]
    [InlineData("exponential_decay_length_penalty", "[5, 1.1]")]
    [InlineData("renormalize_logits", "true")]
    [InlineData("guidance_scale", "1.5")]
    [InlineData("token_healing", "true")]
    [InlineData("watermarking_config", "{}")]
    [InlineData("dola_layers", "\"low\"")]
    [InlineData("stop_strings", "[\".\"]")]
    [InlineData("max_time", "3")]
    [InlineData("min_p", "0.1")]
    [InlineData("typical_p", "0.9")]
    [InlineData("penalty_alpha", "0.6")]
    [InlineData("early_stopping", "\"sometimes\"")]
    [InlineData("num_beams", "0")]
    [InlineData("top_p", "2")]
    [InlineData("repetition_penalty", "0")]
    [InlineData("forced_bos_token_id", "100000")]
    [InlineData("forced_eos_token_id", "[1, 2]")]
    public void A_generation_config_with_other_or_invalid_fields_is_refused_by_name(string name, string value)
    {
        Change(generation => generation[name] = JsonNode.Parse(value));
        string message = Assert.ThrowsAny<Exception>(() => BertModel.FromPretrained(_folder["saved"])).Message;
        Assert.Contains(name.Replace("_", "", StringComparison.Ordinal), message.Replace("_", "", StringComparison.Ordinal),
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_decoder_of_an_invalid_size_or_start_is_refused()
    {
        BertModel model = new TinyCheckpoint().Load(), other = new TinyCheckpoint { Architecture = "DistilBertModel" }.Load();
        foreach ((BertDecoderOptions options, string named) in new[]
        {
            (new BertDecoderOptions { HiddenSize = 30 }, "HiddenSize"), (new BertDecoderOptions { NumHiddenLayers = 0 }, "NumHiddenLayers"),
            (new BertDecoderOptions { Checkpoint = model, HiddenSize = 32 }, "Checkpoint"), (new BertDecoderOptions { Checkpoint = other,
                SharesEncoder = true }, "SharesEncoder"),
            (new BertDecoderOptions { Generation = new() { NumBeams = 0 } }, "NumBeams"),
            (new BertDecoderOptions { Generation = new() { RepetitionPenalty = 0 } }, "RepetitionPenalty"),
            (new BertDecoderOptions { Generation = new() { ForcedEosTokenId = 100000 } }, "ForcedEosTokenId"),
                (new BertDecoderOptions { Generation = new() { MaxLength = 65 } }, "MaxLength"),
            (new BertDecoderOptions { Generation = new() { DoSample = true, NumBeams = 2 } }, "DoSample"),
                (new BertDecoderOptions { Generation = new() { NumReturnSequences = 2 } }, "NumReturnSequences"),
        })
            Assert.Contains(named, Assert.ThrowsAny<ArgumentException>(() => model.WithDecoder(options)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => model.WithDecoder(new BertDecoderOptions { Checkpoint = other }));
        BertModel whole = model.WithDecoder();
        Assert.Throws<NotSupportedException>(() => whole.WithLayers(0));
        Assert.Equal("bert", other.WithDecoder().Decoder!.Config.ModelType);
    }

    private void Write(Action<JsonNode> change)
    {
        new TinyCheckpoint().Load().WithDecoder().SavePretrained(_folder["saved"]);
        JsonNode config = Config(_folder["saved"]);
        change(config);
        File.WriteAllText(_folder["saved/config.json"], config.ToJsonString());
    }

    private void Change(Action<JsonObject> change)
    {
        Write(_ => { });
        string file = _folder["saved/generation_config.json"];
        JsonObject generation = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        change(generation);
        File.WriteAllText(file, generation.ToJsonString());
    }

    private static JsonNode Config(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;

    private static Safetensors Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Safetensors.Read(stream, stream.Length, file);
    }

    private static IEnumerable<string> Tensors(string folder) => Read(Path.Combine(folder, "model.safetensors")).Tensors
        .Select(tensor => $"{tensor} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(tensor.Bytes.Span))}")
            .Order(StringComparer.Ordinal);
}
