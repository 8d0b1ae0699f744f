using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using CsCheck;

namespace Bert.MLNet.Tests.Models;

public class BertConfigTests
{
    [Fact]
    public void Fields_that_are_absent_have_the_defaults_of_transformers()
    {
        BertConfig bert = BertConfig.Parse("""{ "model_type": "bert" }""");
        Assert.Equal((30522, 768, 12, 12, 3072, "gelu", 512, 2, 1e-12),
            (bert.VocabSize, bert.HiddenSize, bert.NumHiddenLayers, bert.NumAttentionHeads, bert.IntermediateSize, bert.HiddenAct,
            bert.MaxPositionEmbeddings, bert.TypeVocabSize, bert.LayerNormEps));
        Assert.Equal(["LABEL_0", "LABEL_1"], bert.Id2Label.OrderBy(label => label.Key).Select(label => label.Value));

        BertConfig distil = BertConfig.Parse("""{ "model_type": "distilbert" }""");
        Assert.Equal((768, 6, 12, 3072, 0, 1e-12, 0.2),
            (distil.HiddenSize, distil.NumHiddenLayers, distil.NumAttentionHeads, distil.IntermediateSize, distil.TypeVocabSize,
            distil.LayerNormEps, distil.ClassifierDropout));
    }

    [Fact]
    public void The_names_of_distilbert_are_read_in_both_spellings()
    {
        BertConfig own = BertConfig.Parse("""{ "model_type": "distilbert", "dim": 64, "n_layers": 3, "n_heads": 4, "hidden_dim": 128, "activation": "relu" }""");
        BertConfig other = BertConfig.Parse("""{ "model_type": "distilbert", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "hidden_dim": 128, "activation": "relu" }""");
        Assert.Equal((64, 3, 4, 128, "relu"),
            (own.HiddenSize, own.NumHiddenLayers, own.NumAttentionHeads, own.IntermediateSize, own.HiddenAct));
        Assert.Equal((64, 3, 4), (other.HiddenSize, other.NumHiddenLayers, other.NumAttentionHeads));
    }

    [Theory]
    [InlineData("""{ "hidden_size": 128, "num_attention_heads": 2 }""", "bert")]
    [InlineData("""{ "dim": 128, "n_heads": 2 }""", "distilbert")]
    public void A_config_from_before_model_type_is_told_by_its_fields(string json, string expected) =>
        Assert.Equal(expected, BertConfig.Parse(json).ModelType);

    [Theory]
    [InlineData("""{ "id2label": { "1": "b", "0": "a" } }""", "a,b")]
    [InlineData("""{ "label2id": { "yes": 1, "no": 0 } }""", "no,yes")]
    [InlineData("""{ "num_labels": 3 }""", "LABEL_0,LABEL_1,LABEL_2")]
    [InlineData("""{ "_num_labels": 1 }""", "LABEL_0")]
    public void Labels_come_from_the_first_field_that_has_them(string json, string labels) =>
        Assert.Equal(labels, string.Join(',', BertConfig.Parse(json).Id2Label.OrderBy(label => label.Key).Select(label => label.Value)));

    [Theory]
    [InlineData("""{ "id2label": { "0": "a", "2": "b" } }""", "none for 1")]
    [InlineData("""{ "id2label": { "zero": "a" } }""", "'id2label'")]
    [InlineData("""{ "id2label": { "0": 5 } }""", "'id2label'")]
    [InlineData("""{ "label2id": { "a": "0" } }""", "'label2id'")]
    [InlineData("""{ "problem_type": "ranking" }""", "'ranking'")]
    [InlineData("""{ "layer_norm_eps": 0 }""", "'layer_norm_eps'")]
    [InlineData("""{ "hidden_dropout_prob": 1.5 }""", "hidden dropout")]
    [InlineData("""{ "vocab_size": 100, "pad_token_id": 100 }""", "'pad_token_id'")]
    [InlineData("""{ "tie_word_embeddings": "yes" }""", "'tie_word_embeddings'")]
    [InlineData("""{ "architectures": "BertModel" }""", "'architectures'")]
    public void Values_that_a_field_cannot_have_are_refused_by_name(string json, string fragment)
    {
        string message = Assert.Throws<InvalidDataException>(() => BertConfig.Parse(json, "some/config.json")).Message;
        Assert.Contains(fragment, message, StringComparison.Ordinal);
        Assert.Contains("some/config.json", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gelu", BertActivation.Gelu)]
    [InlineData("gelu_new", BertActivation.GeluTanh)]
    [InlineData("gelu_pytorch_tanh", BertActivation.GeluTanh)]
    [InlineData("quick_gelu", BertActivation.QuickGelu)]
    [InlineData("relu", BertActivation.Relu)]
    [InlineData("swish", BertActivation.Silu)]
    [InlineData("tanh", BertActivation.Tanh)]
    public void Activations_are_known_by_the_names_of_transformers(string name, object expected) =>
        Assert.Equal(expected, new BertConfig { HiddenAct = name }.Activation);

    [Fact]
    public void A_change_shows_in_the_written_file_and_nothing_else_does()
    {
        string source = """{"model_type":"bert","vocab_size":100,"hidden_size":32,"num_attention_heads":4,"classifier_dropout":null,"num_labels":3,"layer_norm_eps":1e-12,"extra":[1,2.50,"ü"]}""";
        BertConfig changed = BertConfig.Parse(source) with
        {
            Id2Label = new Dictionary<int, string> { [0] = "no", [1] = "yes" },
            Architectures = ["BertForSequenceClassification"],
            VocabSize = 120,
        };
        JsonObject written = JsonNode.Parse(changed.ToJson())!.AsObject();
        Assert.Equal(120, written["vocab_size"]!.GetValue<int>());
        Assert.Equal("yes", written["id2label"]!["1"]!.GetValue<string>());
        Assert.Equal(1, written["label2id"]!["yes"]!.GetValue<int>());
        Assert.Equal("BertForSequenceClassification", written["architectures"]![0]!.GetValue<string>());
        Assert.False(written.ContainsKey("num_labels"));
        Assert.Equal("""[1,2.50,"ü"]""", written["extra"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(changed.ToJson(), BertConfig.Parse(changed.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("distilbert")]
    public void A_new_config_comes_back_as_it_was_written(string modelType)
    {
        var config = new BertConfig
        {
            ModelType = modelType,
            HiddenSize = 64,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            IntermediateSize = 100,
            VocabSize = 500,
            HiddenAct = "gelu_new",
            TypeVocabSize = modelType == "bert" ? 3 : 0,
            ProblemType = "regression",
            ClassifierDropout = 0.3,
        };
        BertConfig read = BertConfig.Parse(config.ToJson());
        Assert.Equal(config with { Id2Label = read.Id2Label, Architectures = read.Architectures }, read with { Source = null });
        Assert.Equal(config.Id2Label, read.Id2Label);
    }

    [Fact]
    public void Any_damage_to_the_file_gives_one_of_two_exceptions()
    {
        byte[] file = System.Text.Encoding.UTF8.GetBytes("""{"model_type":"bert","architectures":["BertForSequenceClassification"],"vocab_size":100,"hidden_size":32,"num_attention_heads":4,"hidden_act":"gelu\u0041","id2label":{"0":"no","1":"y\ud83d\ude00s"},"layer_norm_eps":1e-12,"problem_type":null,"is_decoder":false,"pruned_heads":{"1":[]}}""");
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.OneOf(Gen.Byte, Gen.Char["0123456789\"\\{}[],:uabcdef"].Select(c => (byte)c)),
            Gen.Int[0, 3 * file.Length]).Sample((place, value, length) =>
        {
            byte[] damaged = [.. file];
            damaged[place] = value;
            try
            {
                BertConfig.Parse(System.Text.Encoding.UTF8.GetString(damaged.AsSpan(0, Math.Min(length, file.Length))), "damaged");
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
            {
                Assert.Contains("'damaged'", exception.Message, StringComparison.Ordinal);
            }
        }, iter: 10_000);
    }
}
