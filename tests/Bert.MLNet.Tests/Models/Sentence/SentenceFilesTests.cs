using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Folders as sentence-transformers saves them.</summary>
public class SentenceFilesTests
{
    private const string Transformer = """{ "idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer" }""";
    private const string Pooling = """{ "idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling" }""";
    private const string WeightedLayers = """{ "idx": 1, "name": "1", "path": "1_WeightedLayerPooling", "type": "sentence_transformers.models.WeightedLayerPooling" }""";
    private const string Normalize = """{ "idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize" }""";

    [Fact]
    public void A_folder_without_them_is_mean_pooled_and_not_normalised() =>
        Assert.Equal(new BertSentenceOptions(), new TinyCheckpoint().Load().Sentence);

    [Fact]
    public void Everything_that_they_say_is_honoured()
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling, Normalize], """{ "word_embedding_dimension": 32, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false, "include_prompt": false }""");
        File.WriteAllText(temporary["sentence_bert_config.json"], """{ "max_seq_length": 48, "do_lower_case": false }""");
        File.WriteAllText(temporary["config_sentence_transformers.json"], """{ "__version__": { "pytorch": "2" }, "prompts": { "query": "query: ", "passage": "" }, "default_prompt_name": "query", "similarity_fn_name": "dot" }""");

        BertSentenceOptions sentence = BertModel.FromPretrained(temporary.Path).Sentence;
        Assert.Equal(BertPooling.Cls, sentence.Pooling);
        Assert.True(sentence.Normalize);
        Assert.False(sentence.IncludePrompt);
        Assert.Equal(48, sentence.MaxSequenceLength);
        Assert.Equal("query: ", sentence.DefaultPrompt);
        Assert.Equal("", sentence.Prompts["passage"]);
        Assert.Equal(BertSimilarity.Dot, sentence.Similarity);
    }

    [Theory]
    [InlineData("{}", BertPooling.Mean)]
    [InlineData("""{ "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true }""", BertPooling.Mean | BertPooling.Max)]
    [InlineData("""{ "pooling_mode_mean_sqrt_len_tokens": true, "pooling_mode_lasttoken": false }""", BertPooling.MeanSqrtLength)]
    [InlineData("""{ "pooling_mode": "max" }""", BertPooling.Max)]
    [InlineData("""{ "pooling_mode_lasttoken": true }""", BertPooling.LastToken)]
    [InlineData("""{ "pooling_mode_mean_tokens": true, "pooling_mode_weightedmean_tokens": true }""",
        BertPooling.Mean | BertPooling.WeightedMean)]
    [InlineData("""{ "pooling_mode": ["weightedmean", "lasttoken"] }""", BertPooling.WeightedMean | BertPooling.LastToken)]
    [InlineData("""{ "pooling_mode": ["cls", "mean"], "embedding_dimension": 32 }""", BertPooling.Cls | BertPooling.Mean)]
    public void Pooling_is_read_as_sentence_transformers_reads_it(string json, BertPooling expected)
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling], json);
        Assert.Equal(expected, BertModel.FromPretrained(temporary.Path).Sentence.Pooling);
    }

    [Theory]
    [InlineData("""{ "pooling_mode": "attention" }""", "attention")]
    [InlineData("""{ "pooling_mode": ["mean", "cls"] }""", "mean, cls")]
    public void Pooling_that_is_not_supported_is_refused_by_name(string json, string name)
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling], json);
        string message = Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("1_Pooling", "config.json"), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentence_transformers.models.Router")]
    [InlineData("sentence_transformers.models.Asym")]
    [InlineData("sentence_transformers.models.WordEmbeddings")]
    [InlineData("sentence_transformers.models.CNN")]
    [InlineData("sentence_transformers.models.LSTM")]
    [InlineData("sentence_transformers.models.BoW")]
    [InlineData("sentence_transformers.models.CLIPModel")]
    [InlineData("sentence_transformers.models.SpladePooling")]
    [InlineData("sentence_transformers.models.Transformer")]
    [InlineData("my_code.Adapter")]
    public void Modules_that_are_not_supported_are_refused_by_name(string type)
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling, $$"""{ "idx": 2, "name": "2", "path": "2_X", "type": "{{type}}" }"""], "{}");
        string message = Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Assert.Contains($"'{type}'", message, StringComparison.Ordinal);
        Assert.Contains("modules.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_tokens_are_read_by_the_vocabulary_of_their_file_and_saved_again()
    {
        const string weighted = """{ "idx": 1, "name": "1", "path": "1_WordWeights", "type": "sentence_transformers.models.WordWeights" }""";
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, weighted, Pooling], "{}");
        string[] vocabulary = [.. TinyCheckpoint.Vocabulary];
        void Weights(object vocab, object weights) => File.WriteAllText(temporary["1_WordWeights", "wordweights_config.json"],
            JsonSerializer.Serialize(new { vocab, word_weights = weights, unknown_word_weight = 0.5 }));
        Directory.CreateDirectory(temporary["1_WordWeights"]);
        Weights(vocabulary, new Dictionary<string, double> { [vocabulary[7]] = 0.25, ["nowhere"] = 3 });

        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(vocabulary.Select((_, id) => id == 7 ? 0.25f : 0.5f), model.Sentence.TokenWeights!);
        model.SavePretrained(temporary["saved"]);
        BertModel saved = BertModel.FromPretrained(temporary["saved"]);
        Assert.Equal(model.Sentence.TokenWeights!, saved.Sentence.TokenWeights!);
        Assert.Equal(model.ContentHash, saved.ContentHash);

        Weights(vocabulary[..9], new Dictionary<string, double>());
        Assert.Contains("weights for 9 tokens", Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);
        Weights(vocabulary, new Dictionary<string, double> { [vocabulary[7]] = -1 });
        Assert.Contains($"'word_weights.{vocabulary[7]}'",
            Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
        Weights(vocabulary, new Dictionary<string, double>());
        File.WriteAllText(temporary["1_Pooling", "config.json"], """{ "pooling_mode": ["max"] }""");
        Assert.Contains("not Max", Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);
        File.Delete(temporary["1_WordWeights", "wordweights_config.json"]);
        Assert.Contains("'1_WordWeights/wordweights_config.json'",
            Assert.Throws<FileNotFoundException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mean_of_layers_is_read_and_saved_with_what_sentence_transformers_needs_for_it()
    {
        using var temporary = new TemporaryFolder();
        void Layers(string config, params float[] weights)
        {
            Write(temporary, [Transformer, WeightedLayers, Pooling, Normalize], "{}");
            Directory.CreateDirectory(temporary["1_WeightedLayerPooling"]);
            File.WriteAllText(temporary["1_WeightedLayerPooling", "config.json"], config);
            using FileStream file = File.Create(temporary["1_WeightedLayerPooling", "model.safetensors"]);
            new Safetensors([BertTensor.Create("layer_weights", [weights.Length], weights)], Safetensors.DefaultMetadata).Write(file);
        }
        // The tiny model has two layers: of the states 0, 1 and 2 the last two.
        Layers("""{ "word_embedding_dimension": 32, "layer_start": 1, "num_hidden_layers": 2 }""", 0.5f, 0.5f);
        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal((BertPooling.LastLayersMean, 2, true),
            (model.Sentence.Pooling, model.Sentence.NumberOfLastLayers, model.Sentence.Normalize));

        model.SavePretrained(temporary["saved"]);
        BertModel saved = BertModel.FromPretrained(temporary["saved"]);
        Assert.Equal(model.ContentHash, saved.ContentHash);
        Assert.Equal((BertPooling.LastLayersMean, 2), (saved.Sentence.Pooling, saved.Sentence.NumberOfLastLayers));
        JsonNode Json(params string[] path) => JsonNode.Parse(File.ReadAllText(temporary[["saved", .. path]]))!;
        Assert.True((bool)Json("config.json")["output_hidden_states"]!); // without it there are no layers to average
        Assert.Equal(["Transformer", "WeightedLayerPooling", "Pooling", "Normalize"],
            Json("modules.json").AsArray().Select(module => ((string)module!["type"]!).Split('.')[^1]));
        Assert.Equal((1, 2), ((int)Json("1_WeightedLayerPooling", "config.json")["layer_start"]!,
            (int)Json("1_WeightedLayerPooling", "config.json")["num_hidden_layers"]!));
        Assert.True((bool)Json("2_Pooling", "config.json")["pooling_mode_mean_tokens"]!);

        string Refused<TException>()
            where TException : Exception => Assert.Throws<TException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Layers("""{ "layer_start": 1, "num_hidden_layers": 2 }""", 0.5f, 1);
        Assert.Contains("'layer_weights'", Refused<NotSupportedException>(), StringComparison.Ordinal);
        Layers("""{ "layer_start": 1, "num_hidden_layers": 2 }""", 1, 1, 1);
        Assert.Contains("the shape [3], but", Refused<InvalidDataException>(), StringComparison.Ordinal);
        Layers("""{ "layer_start": 4, "num_hidden_layers": 3 }""");
        Assert.Contains("'layer_start'", Refused<InvalidDataException>(), StringComparison.Ordinal);
        Layers("""{ "layer_start": 2, "num_hidden_layers": 3 }""", 1, 1);
        Assert.Contains("is for 3 layers", Refused<InvalidDataException>(), StringComparison.Ordinal);
        Layers("""{ "layer_start": 1, "num_hidden_layers": 2 }""", 1, 1);
        File.WriteAllText(temporary["1_Pooling", "config.json"], """{ "pooling_mode": "cls" }""");
        Assert.Contains("'cls'", Refused<NotSupportedException>(), StringComparison.Ordinal);
        File.Delete(temporary["1_WeightedLayerPooling", "model.safetensors"]);
        Assert.Contains("pickle", Refused<FileNotFoundException>(), StringComparison.Ordinal);

        Assert.Contains("average 4 layers",
            Assert.Throws<InvalidDataException>(() => model.WithSentence(model.Sentence with { NumberOfLastLayers = 4 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(
            () => model.WithSentence(model.Sentence with { Pooling = BertPooling.LastLayersMean | BertPooling.Cls })
                .SavePretrained(temporary["other"]));
    }

    [Fact]
    public void The_checkpoint_may_lie_in_a_folder_of_its_own()
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer.Replace("\"path\": \"\"", "\"path\": \"0_Transformer\"", StringComparison.Ordinal), Pooling], "{}");
        new TinyCheckpoint { Layers = 3 }.Write(temporary["0_Transformer"]);
        File.WriteAllText(temporary["0_Transformer", "sentence_bert_config.json"], """{ "max_seq_length": 20 }""");
        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal(3, model.Config.NumHiddenLayers);
        Assert.Equal(20, model.MaxSequenceLength);

        // Saved where it came from, it lies at the root.
        foreach (string file in Directory.GetFiles(temporary.Path, "*.*").Where(file => Path.GetFileName(file) != "modules.json"))
            File.Delete(file);
        model.SavePretrained(temporary.Path);
        Directory.Delete(temporary["0_Transformer"], recursive: true);
        Assert.Equal(model.ContentHash, BertModel.FromPretrained(temporary.Path).ContentHash);

        Write(temporary, [Transformer.Replace("\"path\": \"\"", "\"path\": \"../other\"", StringComparison.Ordinal), Pooling], "{}");
        Assert.Contains("'../other', which leads out of its folder",
            Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lower_casing_in_front_of_a_cased_tokenizer_keeps_its_accents()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary.Path);
        File.WriteAllText(temporary["tokenizer_config.json"], """{ "do_lower_case": false }""");
        Assert.Equal(["[UNK]"], BertModel.FromPretrained(temporary.Path).Tokenizer.EncodeToTokens("GOOD", out _)
            .Select(token => token.Value));
        File.WriteAllText(temporary["sentence_bert_config.json"], """{ "do_lower_case": true }""");
        BertModel model = BertModel.FromPretrained(temporary.Path);
        model.SavePretrained(temporary["saved"]);
        foreach (BertTokenizer tokenizer in (BertTokenizer[])[model.Tokenizer, BertModel.FromPretrained(temporary["saved"]).Tokenizer])
            Assert.Equal(["good", "[UNK]"], tokenizer.EncodeToTokens("GOOD Él", out _).Select(token => token.Value));
    }

    [Fact]
    public void Files_that_contradict_each_other_are_refused()
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling], """{ "word_embedding_dimension": 384 }""");
        Assert.Contains("384 values", Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);
        Write(temporary, [Transformer, Pooling], "{}");
        File.WriteAllText(temporary["config_sentence_transformers.json"], """{ "prompts": {}, "default_prompt_name": "query" }""");
        Assert.Contains("'query'", Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(temporary.Path)).Message,
            StringComparison.Ordinal);
        File.Delete(temporary["1_Pooling", "config.json"]);
        Assert.Contains("1_Pooling/config.json",
            Assert.Throws<FileNotFoundException>(() => BertModel.FromPretrained(temporary.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_saved_again_with_the_fields_that_are_unknown_here()
    {
        using var temporary = new TemporaryFolder();
        Write(temporary, [Transformer, Pooling, Normalize], """{ "pooling_mode_cls_token": true, "pooling_mode_max_tokens": true }""");
        File.WriteAllText(temporary["config_sentence_transformers.json"], """{ "similarity_fn_name": "dot", "prompts": { "é": "ä: " }, "default_prompt_name": null }""");
        BertModel model = BertModel.FromPretrained(temporary.Path);
        model.SavePretrained(temporary["saved"]);

        BertModel saved = BertModel.FromPretrained(temporary["saved"]);
        Assert.Equal(BertPooling.Cls | BertPooling.Max, saved.Sentence.Pooling);
        Assert.True(saved.Sentence.Normalize);
        Assert.Equal("ä: ", saved.Sentence.Prompts["é"]);
        Assert.Equal("dot", JsonNode.Parse(
            File.ReadAllText(temporary["saved", "config_sentence_transformers.json"]))!["similarity_fn_name"]!.GetValue<string>());
        Assert.Equal(model.ContentHash, saved.ContentHash);
    }

    [Fact]
    public void Options_of_a_new_model_are_saved_too_and_only_where_they_say_something()
    {
        BertModel model = new TinyCheckpoint().Load();
        using var temporary = new TemporaryFolder();
        model.SavePretrained(temporary["plain"]);
        Assert.False(File.Exists(temporary["plain", "modules.json"]));

        new BertModel(model.Config, model.Tokenizer, model.Weights, new BertSentenceOptions { Normalize = true, MaxSequenceLength = 24 })
            .SavePretrained(temporary["sentence"]);
        BertModel saved = BertModel.FromPretrained(temporary["sentence"]);
        Assert.True(saved.Sentence.Normalize);
        Assert.Equal(24, saved.MaxSequenceLength);
    }

    private static void Write(TemporaryFolder folder, string[] modules, string pooling)
    {
        new TinyCheckpoint().Write(folder.Path);
        Directory.CreateDirectory(folder["1_Pooling"]);
        File.WriteAllText(folder["modules.json"], $"[{string.Join(", ", modules)}]");
        File.WriteAllText(folder["1_Pooling", "config.json"], pooling);
    }
}
