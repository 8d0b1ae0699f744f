using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Models;

/// <summary>One checkpoint in the forms that folders of HuggingFace come in.</summary>
public class CheckpointFormsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bert.")]
    [InlineData("0.auto_model.")]
    [InlineData("model.bert.")]
    [InlineData("encoder.")]
    public void Prefixes_in_front_of_the_encoder_make_no_difference(string prefix)
    {
        var tiny = new TinyCheckpoint { Prefix = prefix };
        BertWeights weights = tiny.Load().Weights!;
        foreach (BertTensor tensor in tiny.Tensors())
            Assert.Equal(tensor.Bytes.ToArray(), weights[tensor.Name[prefix.Length..]].Bytes.ToArray());
    }

    [Fact]
    public void Gamma_and_beta_are_the_old_names_of_layer_normalisation()
    {
        var tiny = new TinyCheckpoint();
        using var temporary = new TemporaryFolder();
        tiny.Write(temporary.Path);
        Safetensors old = new([.. tiny.Tensors()
            .Select(tensor => tensor.Rename(
            tensor.Name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal)))], Safetensors.DefaultMetadata);
        WriteWeights(old, temporary["model.safetensors"]);

        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(tiny.Load().Weights!["encoder.layer.1.output.LayerNorm.weight"].Bytes.ToArray(),
            model.Weights!["encoder.layer.1.output.LayerNorm.weight"].Bytes.ToArray());
        model.SavePretrained(temporary["saved"]);
        Assert.Equal(File.ReadAllBytes(temporary["model.safetensors"]), File.ReadAllBytes(temporary["saved", "model.safetensors"]));
    }

    [Fact]
    public void Shards_are_the_same_as_one_file()
    {
        var tiny = new TinyCheckpoint { Architecture = "BertForMaskedLM" };
        using var temporary = new TemporaryFolder();
        WriteShards(tiny, temporary.Path, path => path);
        BertModel sharded = BertModel.FromPretrained(temporary.Path);
        BertWeights whole = tiny.Load().Weights!;
        Assert.Equal(whole.Names.Order(), sharded.Weights!.Names.Order());
        Assert.All(whole.Names, name => Assert.Equal(whole[name].Bytes.ToArray(), sharded.Weights[name].Bytes.ToArray()));
    }

    [Theory]
    [InlineData("../model-00001-of-00002.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.safetensors")]
    [InlineData("..\\b.safetensors")]
    [InlineData("C:b.safetensors")]
    public void Shards_outside_the_folder_are_refused(string path)
    {
        using var temporary = new TemporaryFolder();
        WriteShards(new TinyCheckpoint(), temporary.Path, _ => path);
        string message = Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Assert.Contains($"'{path}', which leads out of its folder", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_not_there_or_lacks_a_tensor_is_named()
    {
        using var temporary = new TemporaryFolder();
        WriteShards(new TinyCheckpoint(), temporary.Path, path => path);
        File.Delete(temporary["model-00002-of-00002.safetensors"]);
        Assert.Contains("'model-00002-of-00002.safetensors', which is not in the folder",
            Assert.Throws<FileNotFoundException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);

        WriteShards(new TinyCheckpoint(), temporary.Path, path => path.Replace("00002-of", "00001-of", StringComparison.Ordinal));
        Assert.Contains("has no tensor '", Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForMaskedLM")]
    [InlineData("DistilBertForMaskedLM")]
    [InlineData("MPNetForMaskedLM")]
    [InlineData("RobertaForMaskedLM")]
    [InlineData("ElectraForMaskedLM")]
    [InlineData("AlbertForMaskedLM")]
    [InlineData("ModernBertForMaskedLM"), InlineData("DebertaV2ForMaskedLM")]
    public void A_decoder_that_is_not_in_the_file_is_the_token_embeddings(string architecture)
    {
        BertWeights weights = new TinyCheckpoint { Architecture = architecture }.Load().Weights!;
        Assert.Same(weights["embeddings.word_embeddings.weight"], weights["cls.predictions.decoder.weight"]);
        Assert.Equal([TinyCheckpoint.Vocabulary.Count], weights["cls.predictions.bias"].Shape);

        var untied = new TinyCheckpoint { Architecture = architecture, ExtraConfig = new JsonObject { ["tie_word_embeddings"] = false } };
        Assert.Contains(architecture
            switch { "BertForMaskedLM" or "DebertaV2ForMaskedLM" => "cls.predictions.decoder.weight",
                "DistilBertForMaskedLM" => "vocab_projector.weight", "ElectraForMaskedLM" => "generator_lm_head.weight",
                "AlbertForMaskedLM" => "predictions.decoder.weight", "ModernBertForMaskedLM" => "'decoder.weight",
                _ => "lm_head.decoder.weight" }, Assert.Throws<InvalidDataException>(untied.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_its_architecture_names_must_be_whole_and_fit_the_labels()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint { Architecture = "BertForTokenClassification" }.Write(temporary.Path);
        string config = File.ReadAllText(temporary["config.json"]);
        File.WriteAllText(temporary["config.json"], config.Replace("""{"0":"negative","1":"neutral","2":"positive"}""", """{"0":"negative","1":"positive"}""", StringComparison.Ordinal));
        Assert.Contains("'classifier.weight'", Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);

        // Nobody asked for the head of another architecture: it is left alone, and not offered.
        File.WriteAllText(temporary["config.json"],
            config.Replace("BertForTokenClassification", "BertModel", StringComparison.Ordinal)
            .Replace(",\"2\":\"positive\"", "", StringComparison.Ordinal));
        Assert.False(BertModel.FromPretrained(temporary.Path).Weights!.Contains("classifier.weight"));

        File.WriteAllText(temporary["config.json"],
            config.Replace("BertForTokenClassification", "BertForSequenceClassification", StringComparison.Ordinal));
        Assert.Contains("'bert.pooler.dense.weight'",
            Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onnx/model.onnx")]
    [InlineData("model.onnx")]
    public void A_graph_stands_in_for_weights_and_is_saved_again(string path)
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary["source"]);
        File.Delete(temporary["source", "model.safetensors"]);
        Directory.CreateDirectory(temporary["source", "onnx"]);
        File.WriteAllBytes(temporary["source", path], [8, 9, 10]);

        BertModel model = BertModel.FromPretrained(temporary["source"]);
        Assert.Null(model.Weights);
        model.SavePretrained(temporary["saved"]);
        Assert.Equal([8, 9, 10], BertModel.FromPretrained(temporary["saved"]).OnnxGraph!);
    }

    [Theory]
    [InlineData("onnx/model.onnx", "model.onnx_data", 0)]
    [InlineData("model.onnx", "model.onnx.data", 4096)]
    [InlineData("onnx/model.onnx", "weights.bin", 12)]
    public void A_graph_whose_weights_lie_beside_it_is_run_and_saved_as_one_file(string path, string data, int offset)
    {
        using var temporary = new TemporaryFolder();
        var tiny = new TinyCheckpoint { HiddenSize = 4 };
        tiny.Write(temporary["source"]);
        File.Delete(temporary["source", "model.safetensors"]);
        float[] table = [.. Enumerable.Range(0, TinyCheckpoint.Vocabulary.Count * 4).Select(i => i + 0.5f)];
        string graph = temporary["source", path];
        Directory.CreateDirectory(Path.GetDirectoryName(graph)!);
        File.WriteAllBytes(graph, ExternalGraph.Write(data, offset, table.Length * sizeof(float), TinyCheckpoint.Vocabulary.Count, 4));
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(graph)!, data),
            [.. new byte[offset], .. MemoryMarshal.AsBytes<float>(table), 1, 2, 3]);

        BertModel model = BertModel.FromPretrained(temporary["source"]);
        Directory.Delete(temporary["source"], recursive: true);
        model.SavePretrained(temporary["saved"]);
        foreach (BertModel one in (BertModel[])[model, BertModel.FromPretrained(temporary["saved"])])
        {
            using EncoderSession session = EncoderSession.Acquire(one, new(EncoderOutput.LastHiddenState));
            using EncoderBatch batch = session.Rent(1, 2);
            batch.Fill(0, [7, 2], 2);
            batch.Run();
            Assert.Equal([.. table[28..32], .. table[8..12]], batch.Output(0, 0).ToArray());
        }
    }

    [Fact]
    public void A_model_that_is_open_does_not_mind_that_its_files_change()
    {
        using var temporary = new TemporaryFolder();
        BertModel model = BertModel.FromPretrained(new TinyCheckpoint().Write(temporary["folder"]));
        byte[] before = model.Weights!["pooler.dense.weight"].Bytes.ToArray();
        File.WriteAllBytes(temporary["folder", "model.safetensors"], new byte[100]);
        Directory.Delete(temporary["folder"], recursive: true);
        Assert.Equal(before, model.Weights["pooler.dense.weight"].Bytes.ToArray());
    }

    [Fact]
    public void Files_may_be_symbolic_links_as_in_the_cache_of_a_hub()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary["blobs"]);
        Directory.CreateDirectory(temporary["snapshot"]);
        foreach (string file in Directory.GetFiles(temporary["blobs"]))
        {
            try
            {
                File.CreateSymbolicLink(temporary["snapshot", Path.GetFileName(file)], file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Assert.Skip("This system lets this user make no symbolic links.");
            }
        }
        Assert.Equal(new TinyCheckpoint().Load().ContentHash, BertModel.FromPretrained(temporary["snapshot"]).ContentHash);
    }

    [Theory]
    [InlineData(null, null, 64)]
    [InlineData(null, "16", 16)]
    [InlineData(null, "100", 64)]
    [InlineData("null", "16", 16)]
    [InlineData("32", "16", 32)]
    [InlineData("32", "512", 32)]
    [InlineData("32", "1000000000000000019884624838656", 32)]
    [InlineData("100", "16", 64)]
    public void Max_seq_length_goes_before_model_max_length_and_positions_limit_both(string? sentence, string? tokenizer, int expected)
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint { MaxPositions = 64 }.Write(temporary.Path);
        if (sentence is not null)
            File.WriteAllText(temporary["sentence_bert_config.json"], $$"""{ "max_seq_length": {{sentence}} }""");
        File.WriteAllText(temporary["tokenizer_config.json"], tokenizer is null ? "{}" : $$"""{ "model_max_length": {{tokenizer}} }""");
        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(expected, model.MaxSequenceLength);

        // Where no file says it, transformers has no limit but the positions.
        model.SavePretrained(temporary["saved"]);
        Assert.Equal(expected, BertModel.FromPretrained(temporary["saved"]).MaxSequenceLength);
    }

    [Fact]
    public void Texts_are_read_up_to_max_seq_length_whatever_the_tokenizer_says()
    {
        string text = string.Join(' ', Enumerable.Range(0, 60).Select(i => "good bad film phone time".Split(' ')[i * i % 5]));
        float[] Vector(int tokenizer, int? sentence, string of)
        {
            using var temporary = new TemporaryFolder();
            new TinyCheckpoint().Write(temporary.Path);
            File.WriteAllText(temporary["tokenizer_config.json"], $$"""{ "model_max_length": {{tokenizer}} }""");
            if (sentence is not null)
                File.WriteAllText(temporary["sentence_bert_config.json"], $$"""{ "max_seq_length": {{sentence}} }""");
            using BertEmbeddingTransformer embedder = BertEmbeddingTransformer.Create(BertModel.FromPretrained(temporary.Path));
            return [.. embedder.Embed([of])[0].Vector.Span];
        }
        // 30 words of one token each, with [CLS] and [SEP].
        float[] expected = Vector(512, null, string.Join(' ', text.Split(' ').Take(30)));
        Assert.Equal(expected, Vector(16, 32, text));
        Assert.Equal(expected, Vector(512, 32, text));
        Assert.NotEqual(expected, Vector(16, null, text));
    }

    [Theory]
    [InlineData(104, true), InlineData(112, true), InlineData(128, true)] // the next multiples of 8, 16 and 32 to 128
    [InlineData(101, false), InlineData(102, false), InlineData(103, false), InlineData(116, false), InlineData(120, false),
        InlineData(192, false), InlineData(256, false), InlineData(1024, false)]
    public void Embeddings_may_have_more_rows_than_tokens_where_they_are_padded_to_a_multiple(int rows, bool isPadded)
    {
        const int Tokens = 100;
        const string Text = "a zz 9 the";
        using var temporary = new TemporaryFolder();
        string Write(int rows, string end)
        {
            string folder = new TinyCheckpoint { VocabSize = rows }.Write(temporary[$"{rows}{end.Length}"]);
            File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', TinyCheckpoint.Vocabulary.Take(Tokens)) + end);
            return folder;
        }
        string Refusal(string folder) => Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(folder)).Message;
        const string Expected = "the vocabulary is truncated, or belongs to another model. Copy or download it again.";
        // Without a line end there is no telling padding from what was cut off.
        Assert.Contains(Expected, Refusal(Write(rows, end: "")), StringComparison.Ordinal);
        if (!isPadded)
        {
            string folder = Write(rows, end: "\n");
            Assert.Contains(Expected, Refusal(folder), StringComparison.Ordinal);
            // Some models were published so. Of a download the vocabulary is known to be whole.
            Assert.Equal(rows, BertModel.ReadFrom(new FolderSource(folder), "download", isDownload: true).Config.VocabSize);
            return;
        }
        // The rows of the tokens come first, and are the same.
        using BertEmbeddingTransformer plain = BertEmbeddingTransformer.Create(BertModel.FromPretrained(Write(Tokens, end: "\n")));
        using BertEmbeddingTransformer padded = BertEmbeddingTransformer.Create(BertModel.FromPretrained(Write(rows, end: "\n")));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(plain.Embed([Text], cancellation)[0].Vector.ToArray(), padded.Embed([Text], cancellation)[0].Vector.ToArray());
    }

    [Fact]
    public void Tokens_that_were_added_count_as_tokens()
    {
        using var temporary = new TemporaryFolder();
        int tokens = TinyCheckpoint.Vocabulary.Count;
        new TinyCheckpoint { VocabSize = tokens + 2 }.Write(temporary.Path);
        Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path));
        File.WriteAllText(temporary["added_tokens.json"], $$"""{ "good film": {{tokens}}, "[X]": {{tokens + 1}} }""");
        Assert.Equal(tokens, BertModel.FromPretrained(temporary.Path).Tokenizer.Encode("a good film").Ids[2]);
    }

    private static void WriteShards(TinyCheckpoint tiny, string folder, Func<string, string> path)
    {
        tiny.Write(folder);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        var map = new JsonObject();
        foreach ((int i, IEnumerable<BertTensor> part) in tiny.Tensors().Chunk(20).Take(1).Append(tiny.Tensors().Skip(20)).Index())
        {
            string shard = $"model-0000{i + 1}-of-00002.safetensors";
            WriteWeights(new Safetensors([.. part], Safetensors.DefaultMetadata), Path.Combine(folder, shard));
            foreach (BertTensor tensor in part)
                map[tensor.Name] = path(shard);
        }
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"),
            new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map }.ToJsonString());
    }

    private static void WriteWeights(Safetensors weights, string path)
    {
        using FileStream stream = File.Create(path);
        weights.Write(stream);
    }
}
