using System.Text.Json.Nodes;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

public class SavePretrainedTests
{
    [Theory, MemberData(nameof(ReferenceCheckpointTests.Checkpoints), MemberType = typeof(ReferenceCheckpointTests))]
    public void Weights_are_saved_byte_for_byte(string checkpoint)
    {
        string source = Shared.Folder("reference", "models", checkpoint);
        using var temporary = new TemporaryFolder();
        ReferenceCheckpoint.Open(source).SavePretrained(temporary["saved"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, "model.safetensors")),
            File.ReadAllBytes(temporary["saved", "model.safetensors"]));
    }

    [Theory, MemberData(nameof(ReferenceCheckpointTests.Checkpoints), MemberType = typeof(ReferenceCheckpointTests))]
    public void A_saved_checkpoint_has_the_files_that_it_came_with(string checkpoint)
    {
        string source = Shared.Folder("reference", "models", checkpoint);
        using var temporary = new TemporaryFolder();
        ReferenceCheckpoint.Open(source).SavePretrained(temporary["saved"]);
        string[] files = [.. ReferenceCheckpoint.Files(source)];
        Assert.Equal(files.Select(Path.GetFileName).Order(), Directory.GetFiles(temporary["saved"]).Select(Path.GetFileName).Order());
        foreach (string file in files.Where(
            file => Path.GetFileName(file) is "vocab.txt" or "vocab.json" or "merges.txt" or "tokenizer_config.json"
                or "special_tokens_map.json"))
            Assert.Equal(File.ReadAllText(file).TrimEnd(), File.ReadAllText(temporary["saved", Path.GetFileName(file)]).TrimEnd());
    }

    [Theory]
    [InlineData("BertModel")]
    [InlineData("DistilBertForMaskedLM")]
    [InlineData("MPNetForTokenClassification")]
    [InlineData("RobertaForSequenceClassification")]
    [InlineData("ElectraForPreTraining")]
    [InlineData("AlbertForSequenceClassification")]
    [InlineData("ModernBertForTokenClassification"), InlineData("DebertaV2ForTokenClassification"), InlineData("NomicBertModel")]
    public void Fields_of_config_that_are_unknown_here_are_kept(string architecture)
    {
        using var temporary = new TemporaryFolder();
        var tiny = new TinyCheckpoint
        {
            Architecture = architecture,
            ExtraConfig = new JsonObject { ["my_field"] = new JsonObject { ["é"] = new JsonArray(1, "two") }, ["use_cache"] = true },
        };
        BertModel.FromPretrained(tiny.Write(temporary["source"])).SavePretrained(temporary["saved"]);

        JsonObject source = JsonNode.Parse(File.ReadAllText(temporary["source", "config.json"]))!.AsObject();
        JsonObject saved = JsonNode.Parse(File.ReadAllText(temporary["saved", "config.json"]))!.AsObject();
        foreach ((string name, JsonNode? value) in source)
            Assert.True(JsonNode.DeepEquals(value, saved[name]), name);
    }

    [Theory]
    [InlineData("BertModel", "embeddings.word_embeddings.weight")]
    [InlineData("BertForMaskedLM", "bert.embeddings.word_embeddings.weight")]
    [InlineData("DistilBertForSequenceClassification", "distilbert.transformer.layer.1.attention.q_lin.weight")]
    [InlineData("DistilBertForMaskedLM", "vocab_projector.bias")]
    [InlineData("MPNetForSequenceClassification", "mpnet.encoder.layer.1.attention.attn.q.weight")]
    [InlineData("MPNetForMaskedLM", "lm_head.bias")]
    [InlineData("ModernBertModel", "layers.1.attn.Wqkv.weight")]
    [InlineData("ModernBertForMaskedLM", "model.layers.0.mlp.Wi.weight")]
    [InlineData("ModernBertForSequenceClassification", "head.norm.weight")]
    [InlineData("DebertaV2Model", "encoder.rel_embeddings.weight")]
    [InlineData("DebertaV2ForSequenceClassification", "pooler.dense.weight")]
    [InlineData("DebertaV2ForMaskedLM", "deberta.encoder.layer.1.attention.self.query_proj.weight")]
    [InlineData("MPNetModel", "encoder.relative_attention_bias.weight")]
    [InlineData("NomicBertModel", "encoder.layers.1.attn.Wqkv.weight")]
    [InlineData("NomicBertForSequenceClassification", "bert.encoder.layers.0.mlp.fc11.weight")]
    [InlineData("NomicBertForMaskedLM", "cls.predictions.transform.layer_norm.weight")]
    [InlineData("XLMRobertaForSequenceClassification", "roberta.encoder.layer.1.attention.self.query.weight")]
    [InlineData("RobertaForMaskedLM", "lm_head.layer_norm.weight")]
    [InlineData("ElectraForMaskedLM", "generator_lm_head.bias")]
    [InlineData("ElectraForPreTraining", "electra.embeddings_project.weight")]
    [InlineData("AlbertForMaskedLM", "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn_output.weight")]
    [InlineData("AlbertModel", "pooler.weight")]
    public void Weights_made_in_memory_are_saved_under_the_names_of_transformers(string architecture, string name)
    {
        var tiny = new TinyCheckpoint { Architecture = architecture };
        BertModel model = tiny.Load();
        BertWeights made = BertWeights.Create(
            model.Weights!.Names.Select(n => (n, model.Weights[n].Shape, TensorValues.Of(model.Weights[n]))));
        using var temporary = new TemporaryFolder();
        new BertModel(model.Config, model.Tokenizer, made).SavePretrained(temporary["saved"]);

        using FileStream stream = File.OpenRead(temporary["saved", "model.safetensors"]);
        Dictionary<string, BertTensor> saved = Safetensors.Read(stream, stream.Length, "saved").Tensors.ToDictionary(tensor => tensor.Name);
        Assert.Contains(name, saved.Keys);
        Assert.Equal(tiny.Tensors().Select(tensor => tensor.Name).Order(), saved.Keys.Order());
        foreach (BertTensor tensor in tiny.Tensors())
            Assert.Equal(tensor.Bytes.ToArray(), saved[tensor.Name].Bytes.ToArray());
    }

    [Fact]
    public void Saving_over_a_checkpoint_replaces_it_and_leaves_other_files()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint { Layers = 3 }.Write(temporary["folder"]);
        foreach (string old in (string[])[
            "README.md", "1_Pooling/notes.txt", "model-00001-of-00002.safetensors", "parts/second.safetensors", "modules.json",
            "sentence_roberta_config.json", "1_Pooling/config.json",
            "2_Normalize/config.json", "tokenizer.json", "added_tokens.json", "model.onnx", "onnx/model_quantized.onnx",
            "onnx/model_quantized.onnx_data", "pytorch_model.bin"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temporary["folder", old])!);
            File.WriteAllText(temporary["folder", old], "of the old one");
        }
        File.WriteAllText(temporary["folder", "model.safetensors.index.json"], """{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "parts/second.safetensors"}}""");
        new TinyCheckpoint { Layers = 1 }.Load().SavePretrained(temporary["folder"]);

        Assert.Equal(1, BertModel.FromPretrained(temporary["folder"]).Config.NumHiddenLayers);
        Assert.Equal(
            ["1_Pooling/notes.txt", "README.md", "config.json", "model.safetensors", "special_tokens_map.json", "tokenizer_config.json",
                "vocab.txt"],
            Directory.GetFiles(temporary["folder"], "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(temporary["folder"], file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(temporary["folder", "2_Normalize"]), "A folder that is empty now is gone.");
        Assert.Equal("of the old one", File.ReadAllText(temporary["folder", "README.md"]));
        Assert.Equal([temporary["folder"]], Directory.GetFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void A_tokenizer_that_is_saved_over_another_leaves_nothing_of_it()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary["folder"]);
        File.WriteAllText(temporary["folder", "added_tokens.json"], """{"hello": 80}""");
        BertTokenizer tokenizer = new TinyCheckpoint().Load().Tokenizer;
        tokenizer.Save(temporary["folder"]);
        Assert.Equal(tokenizer.ContentHash, BertTokenizer.FromPretrained(temporary["folder"]).ContentHash);
        Assert.True(File.Exists(temporary["folder", "model.safetensors"]));
        Assert.False(File.Exists(temporary["folder", "added_tokens.json"]));
    }

    [Fact]
    public void A_config_of_something_else_is_not_overwritten()
    {
        using var temporary = new TemporaryFolder();
        File.WriteAllText(temporary["config.json"], """{ "port": 80 }""");
        var exception = Assert.Throws<IOException>(() => new TinyCheckpoint().Load().SavePretrained(temporary.Path));
        Assert.Contains("config.json' exists and does not belong to a checkpoint", exception.Message, StringComparison.Ordinal);
        Assert.Equal("""{ "port": 80 }""", File.ReadAllText(temporary["config.json"]));
        Assert.Equal([temporary["config.json"]], Directory.GetFileSystemEntries(temporary.Path));
    }

    [Theory]
    [InlineData("vocab.txt"), InlineData("tokenizer.json"), InlineData("model.onnx"), InlineData("pytorch_model.bin"),
        InlineData("onnx/model.onnx")]
    public void Files_of_no_checkpoint_are_neither_overwritten_nor_removed(string name)
    {
        using var temporary = new TemporaryFolder();
        string file = temporary["folder", name];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "a user's");
        var exception = Assert.Throws<IOException>(() => new TinyCheckpoint().Load().SavePretrained(temporary["folder"]));
        Assert.Contains($"{name}' exists and does not belong to a checkpoint", exception.Message, StringComparison.Ordinal);
        Assert.Equal("a user's", File.ReadAllText(file));
        Assert.Equal([temporary["folder"]], Directory.GetFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void A_model_can_be_saved_over_the_folder_that_it_came_from()
    {
        using var temporary = new TemporaryFolder();
        BertModel model = BertModel.FromPretrained(new TinyCheckpoint().Write(temporary["folder"]));
        model.SavePretrained(temporary["folder"]);
        model.SavePretrained(temporary["folder"] + Path.DirectorySeparatorChar);
        Assert.Equal(model.ContentHash, BertModel.FromPretrained(temporary["folder"]).ContentHash);
    }

    [Fact]
    public void Equal_content_has_an_equal_hash_and_other_content_another()
    {
        string hash = new TinyCheckpoint().Load().ContentHash;
        Assert.Equal(hash, new TinyCheckpoint().Load().ContentHash);
        Assert.NotEqual(hash, new TinyCheckpoint { Seed = "other" }.Load().ContentHash);
        Assert.NotEqual(hash, new TinyCheckpoint { ExtraConfig = new JsonObject { ["layer_norm_eps"] = 1e-6 } }.Load().ContentHash);
    }
}
