using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Fields of each family's <c>config.json</c>: honoured, in every form that transformers writes, or refused by name.</summary>
public class FamilyConfigTests
{
    [Theory]
    [InlineData("roberta", "position_embedding_type", "\"relative_key\"")]
    [InlineData("xlm-roberta", "is_decoder", "true")]
    [InlineData("camembert", "add_cross_attention", "true")]
    [InlineData("mpnet", "embedding_size", "64")]
    [InlineData("deberta-v2", "embedding_size", "64")]
    [InlineData("deberta-v2", "attention_head_size", "32")]
    [InlineData("deberta-v2", "conv_kernel_size", "4")]
    [InlineData("deberta-v2", "conv_act", "\"mish\"")]
    [InlineData("deberta-v2", "pos_att_type", "\"c2p|p2p\"")]
    [InlineData("deberta-v2", "norm_rel_ebd", "\"batch_norm\"")]
    [InlineData("deberta-v2", "pooler_hidden_act", "\"mish\"")]
    [InlineData("albert", "inner_group_num", "17")]
    [InlineData("modernbert", "layer_types", """["sliding_attention", "full_attention"]""")]
    [InlineData("modernbert", "layer_types", """["full_attention", "sliding_attention", "full_attention", "full_attention"]""")]
    [InlineData("modernbert", "rope_parameters", """{ "full_attention": { "rope_type": "yarn", "factor": 2.0 } }""")]
    [InlineData("modernbert", "rope_parameters", """{ "rope_theta": 1000.0 }""")]
    [InlineData("modernbert", "rope_scaling", """{ "rope_type": "linear", "factor": 2.0 }""")]
    [InlineData("modernbert", "classifier_pooling", "\"max\"")]
    [InlineData("nomic_bert", "activation_function", "\"glu\"")]
    [InlineData("nomic_bert", "activation_function", "\"gelu\"")]
    [InlineData("nomic_bert", "rotary_emb_fraction", "0.5")]
    [InlineData("nomic_bert", "rotary_emb_interleaved", "true")]
    [InlineData("nomic_bert", "rotary_emb_scale_base", "512")]
    [InlineData("nomic_bert", "rotary_head_dim", "true")]
    [InlineData("nomic_bert", "prenorm", "true")]
    [InlineData("nomic_bert", "use_rms_norm", "true")]
    [InlineData("nomic_bert", "parallel_block", "true")]
    [InlineData("nomic_bert", "causal", "true")]
    [InlineData("nomic_bert", "num_heads_kv", "1")]
    [InlineData("nomic_bert", "num_experts", "8")]
    [InlineData("nomic_bert", "rope_parameters", """{ "rope_type": "dynamic", "rope_theta": 1000.0, "factor": 2.0 }""")]
    [InlineData("nomic_bert", "auto_map", """{ "AutoModel": "modeling_other.OtherModel" }""")]
    [InlineData("bert", "auto_map", """{ "AutoModel": "modeling.BertModel" }""")]
    public void A_field_with_other_arithmetic_is_refused_by_name(string family, string field, string value)
    {
        string json = $$"""{ "model_type": "{{family}}", "{{field}}": {{value}} }""";
        string message = Assert.Throws<NotSupportedException>(() => BertConfig.Parse(json, "some/config.json")).Message;
        Assert.Contains($"'{field}' in 'some/config.json'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mpnet", "relative_attention_num_buckets", "16")]
    [InlineData("albert", "num_hidden_groups", "0")]
    [InlineData("deberta-v2", "conv_groups", "7")]
    [InlineData("modernbert", "layer_types", """["full_attention", "sliding_attention"]""")]
    [InlineData("nomic_bert", "mlp_fc2_bias", "false")]
    [InlineData("nomic_bert", "head_dim", "32")]
    [InlineData("nomic_bert", "n_embd", "0")]
    public void A_value_that_contradicts_others_is_refused_by_name(string family, string field, string value)
    {
        string json = $$"""{ "model_type": "{{family}}", "{{field}}": {{value}} }""";
        string message = Assert.Throws<InvalidDataException>(() => BertConfig.Parse(json, "some/config.json")).Message;
        Assert.Contains($"'{field}' in 'some/config.json'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newer_form_of_ModernBERT_means_the_same_as_the_older_one()
    {
        BertConfig newer = BertConfig.Parse("""
            {
              "model_type": "modernbert", "num_hidden_layers": 5,
              "layer_types": ["full_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention"],
              "rope_parameters": {
                "full_attention": { "rope_type": "default", "rope_theta": 5000.0 },
                "sliding_attention": { "rope_type": "default", "rope_theta": 700.0 }
              }
            }
            """);
        Assert.Equal((2, 5000, 700), (newer.GlobalAttnEveryNLayers, newer.GlobalRopeTheta, newer.LocalRopeTheta));
        BertConfig older = BertConfig.Parse("""
            {
              "model_type": "modernbert", "num_hidden_layers": 5,
              "global_attn_every_n_layers": 2, "global_rope_theta": 5000.0, "local_rope_theta": 700.0
            }
            """);
        Assert.Equal(older, newer);
        Assert.Equal(newer, BertConfig.Parse(newer.ToJson()));
    }

    [Fact]
    public void Sizes_of_NomicBERT_are_rounded_up_as_its_class_does()
    {
        BertConfig config = BertConfig.Parse("""
            {
              "model_type": "nomic_bert", "vocab_size": 30522, "pad_vocab_size_multiple": 64, "n_embd": 768, "n_head": 12, "n_layer": 12,
              "n_positions": 8192, "rotary_emb_fraction": 1.0, "rotary_emb_base": 1000, "mlp_fc1_bias": false, "mlp_fc2_bias": false,
              "rotary_scaling_factor": null, "max_trained_positions": 2048
            }
            """);
        Assert.Equal((30528, 2048), (config.VocabSize, config.IntermediateSize));
        Assert.Equal((8192, 1000), (config.MaxPositionEmbeddings, config.GlobalRopeTheta));
        Assert.Equal(config, BertConfig.Parse(config.ToJson()));
        Assert.Equal(3072, BertConfig.Parse("""{ "model_type": "nomic_bert", "n_inner": 3000 }""").IntermediateSize);
    }

    /// <summary>The factor applies to texts that are longer than those of the training, which are therefore cut off.</summary>
    [Fact]
    public void Positions_end_where_the_dynamic_scaling_of_NomicBERT_begins()
    {
        static int Positions(string factor) => BertConfig.Parse(
            $$"""{ "model_type": "nomic_bert", "n_positions": 8192, "max_trained_positions": 2048, "rotary_scaling_factor": {{factor}} }""")
            .MaxPositionEmbeddings;

        Assert.Equal((2048, 8192), (Positions("2"), Positions("null")));
    }

    /// <summary>HuggingFace's own class has other names for all of it, and biases in its heads.</summary>
    [Fact]
    public void The_form_of_transformers_5_of_NomicBERT_computes_the_same_as_that_of_its_Python_code()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyCheckpoint { Architecture = "NomicBertForMaskedLM" };
        BertModel older = BertModel.FromPretrained(tiny.Write(folder["older"]));
        tiny.Write(folder["newer"]);
        File.WriteAllText(folder["newer/config.json"], $$"""
            {
              "model_type": "nomic_bert", "architectures": ["NomicBertForMaskedLM"], "vocab_size": {{tiny.VocabSize}}, "hidden_size": 32,
              "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 256, "hidden_act": "silu", "layer_norm_eps": 1e-12,
              "max_position_embeddings": 64, "type_vocab_size": 2, "rope_parameters": { "rope_theta": 1000.0, "rope_type": "default" },
              "head_dim": 8
            }
            """);
        using (FileStream stream = File.Create(folder["newer/model.safetensors"]))
            new Safetensors([.. tiny.Tensors().SelectMany(Renamed), .. Biases(tiny.VocabSize)], Safetensors.DefaultMetadata).Write(stream);

        BertModel newer = BertModel.FromPretrained(folder["newer"]);
        BertWeights weights = older.Weights!;
        Assert.All(weights.Names, name => Assert.Equal(weights[name].Bytes.ToArray(), newer.Weights![name].Bytes.ToArray()));
        Assert.Equal(
            ["cls.predictions.bias", "cls.predictions.transform.dense.bias"], newer.Weights!.Names.Except(weights.Names).Order());
        Assert.Equal(older.Config with { ClassifierBias = true, DecoderBias = true }, newer.Config);
        Assert.Equal(newer.Config, BertConfig.Parse(newer.Config.ToJson()));
    }

    private static IEnumerable<BertTensor> Renamed(BertTensor tensor)
    {
        (string Older, string Newer)[] parts =
        [
            ("bert.", "nomic_bert."), ("encoder.layers", "layers"), ("emb_ln", "embeddings.LayerNorm"),
            ("attn.out_proj", "self_attn.o_proj"), ("fc11", "up_proj"), ("fc12", "gate_proj"), ("fc2", "down_proj"),
            ("norm1", "post_attention_layernorm"), ("norm2", "post_mlp_layernorm"),
        ];
        string name = parts.Aggregate(tensor.Name, (text, part) => text.Replace(part.Older, part.Newer, StringComparison.Ordinal));
        const string Fused = "attn.Wqkv";
        int rows = tensor.Shape[0] / 3;
        return name.Contains(Fused, StringComparison.Ordinal)
            ? new[] { "q", "k", "v" }.Select((part, i) =>
                tensor.Rows(i * rows, rows).Rename(name.Replace(Fused, $"self_attn.{part}_proj", StringComparison.Ordinal)))
            : [tensor.Rename(name)];
    }

    private static IEnumerable<BertTensor> Biases(int words) =>
    [
        BertTensor.Create("cls.predictions.bias", [words], new float[words]),
        BertTensor.Create("cls.predictions.transform.dense.bias", [32], new float[32]),
    ];
}
