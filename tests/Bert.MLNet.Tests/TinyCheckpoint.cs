using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Tests;

/// <summary>
/// A small seeded checkpoint in HuggingFace's folder form, of the family and with the head that its architecture names. Names and shapes
/// are written out here, apart from the library's own knowledge of them.
/// </summary>
internal sealed partial record TinyCheckpoint
{
    /// <summary>A class of transformers, such as <c>BertForMaskedLM</c> or <c>DistilBertModel</c>.</summary>
    public string Architecture { get; init; } = "BertModel";

    public TensorType Type { get; init; } = TensorType.F32;

    /// <summary>What the encoder's tensor names begin with; null for what transformers writes for the architecture.</summary>
    public string? Prefix { get; init; }

    public int HiddenSize { get; init; } = 32;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 4;

    public int IntermediateSize { get; init; } = 64;

    public int MaxPositions { get; init; } = 64;

    /// <summary>Rows of the token embeddings.</summary>
    public int VocabSize { get; init; } = Vocabulary.Count;

    public IReadOnlyList<string> Labels { get; init; } = ["negative", "neutral", "positive"];

    /// <summary>Whether the head for masked words has a decoder of its own in the file, as one that is not tied must.</summary>
    public bool HasDecoder { get; init; }

    /// <summary>Fields that <c>config.json</c> has besides the usual ones, or instead of them.</summary>
    public JsonObject ExtraConfig { get; init; } = [];

    public string Seed { get; init; } = "tiny";

    public static IReadOnlyList<string> Vocabulary { get; } =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        .. "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-".Select(c => c.ToString()),
        .. "abcdefghijklmnopqrstuvwxyz0123456789".Select(c => "##" + c),
        .. ("the a an and or not is was it this that i you we they very so but with of to in on for good bad great poor movie film book " +
            "phone battery screen service price love hate like time day").Split(' ').Where(word => word.Length > 1),
        "##ing", "##ed", "##ly", "##er", "##est",
    ];

    private string ModelType =>
        Architecture[0] switch { 'R' => "roberta", 'X' => "xlm-roberta", 'C' => "camembert", 'E' => "electra", 'A' => "albert",
            _ => "bert" };

    private bool IsDistilBert => Architecture.StartsWith("DistilBert", StringComparison.Ordinal);

    private bool IsMPNet => Architecture.StartsWith("MPNet", StringComparison.Ordinal);

    private bool IsRoberta =>
        Architecture.StartsWith("Roberta", StringComparison.Ordinal) || Architecture.StartsWith("XLMRoberta", StringComparison.Ordinal)
        || Architecture.StartsWith("Camembert", StringComparison.Ordinal);

    private bool IsModernBert => Architecture.StartsWith("ModernBert", StringComparison.Ordinal);

    private bool IsDeberta => Architecture.StartsWith("DebertaV2", StringComparison.Ordinal);

    private bool IsElectra => Architecture.StartsWith("Electra", StringComparison.Ordinal);

    private bool IsNomicBert => Architecture.StartsWith("NomicBert", StringComparison.Ordinal);

    private bool IsAlbert => Architecture.StartsWith("Albert", StringComparison.Ordinal);

    private int EmbeddingSize => IsElectra || IsAlbert ? HiddenSize / 2 : HiddenSize;

    // Padding is the second token, and positions are counted from the one after its own.
    private bool HasAngleTokens => IsMPNet || IsRoberta;

    /// <summary>The vocabulary under the family's own special tokens.</summary>
    private IEnumerable<string> Words => HasAngleTokens ? ["<s>", "<pad>", "</s>", "[UNK]", "<mask>", .. Vocabulary.Skip(5)] : Vocabulary;

    // Of these families the first two are for padding and for nothing.
    private int PositionRows => HasAngleTokens ? MaxPositions + 2 : MaxPositions;

    /// <summary>Opens a checkpoint like this one, which no longer needs a folder.</summary>
    public BertModel Load()
    {
        using var folder = new TemporaryFolder();
        return BertModel.FromPretrained(Write(folder.Path));
    }

    /// <summary>The same checkpoint with a tokenizer that cuts rows on that side.</summary>
    public static BertModel WithTruncationSide(BertModel model, BertTruncationSide side) =>
        new(model.Config, model.Tokenizer.WithOptions(model.Tokenizer.Options with { TruncationSide = side }), model.Weights,
            model.Sentence, model.Name);

    /// <summary>Writes all files into a folder, which is created.</summary>
    /// <returns>The folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', Words) + "\n");
        string tokenizer = HasAngleTokens ? "MPNetTokenizer" : "BertTokenizer";
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"),
            new JsonObject { ["do_lower_case"] = true, ["model_max_length"] = MaxPositions,
            ["tokenizer_class"] = tokenizer }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"), HasAngleTokens
            ? """{"cls_token":"<s>","mask_token":"<mask>","pad_token":"<pad>","sep_token":"</s>","unk_token":"[UNK]"}"""
            : """{"cls_token":"[CLS]","mask_token":"[MASK]","pad_token":"[PAD]","sep_token":"[SEP]","unk_token":"[UNK]"}""");
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors"));
        new Safetensors([.. Tensors()], Safetensors.DefaultMetadata).Write(stream);
        return folder;
    }

    /// <summary>The tensors under the names of their file.</summary>
    public IEnumerable<BertTensor> Tensors()
    {
        foreach ((string name, int[] shape) in Shapes())
        {
            bool norm = shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal);
            int count = shape.Aggregate(1, (a, b) => a * b);
            double std = norm ? 0.05 : shape.Length == 2 ? 0.6 / Math.Sqrt(shape[1]) : 0.05;
            yield return BertTensor.Create(name, shape, SeededWeights.Values($"{Seed}/{name}", count, std, norm ? 1 : 0), Type);
        }
    }

    private JsonObject Config()
    {
        JsonObject config = IsDistilBert
            ? new JsonObject
            {
                ["model_type"] = "distilbert", ["dim"] = HiddenSize, ["n_layers"] = Layers, ["n_heads"] = Heads,
                ["hidden_dim"] = IntermediateSize,
                ["activation"] = "gelu", ["dropout"] = 0.1, ["attention_dropout"] = 0.1, ["seq_classif_dropout"] = 0.2,
                ["sinusoidal_pos_embds"] = false,
            }
            : IsMPNet ? new JsonObject
            {
                ["model_type"] = "mpnet", ["hidden_size"] = HiddenSize, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads,
                ["intermediate_size"] = IntermediateSize,
                ["hidden_act"] = "gelu", ["hidden_dropout_prob"] = 0.1, ["attention_probs_dropout_prob"] = 0.1, ["layer_norm_eps"] = 1e-5,
                ["relative_attention_num_buckets"] = 32,
            }
            : IsNomicBert ? NomicBertConfig()
            : IsDeberta ? new JsonObject
            {
                ["model_type"] = "deberta-v2", ["hidden_size"] = HiddenSize, ["num_hidden_layers"] = Layers,
                ["num_attention_heads"] = Heads, ["intermediate_size"] = IntermediateSize,
                ["hidden_act"] = "gelu", ["hidden_dropout_prob"] = 0.1, ["attention_probs_dropout_prob"] = 0.1, ["layer_norm_eps"] = 1e-7,
                ["type_vocab_size"] = 0,
                ["relative_attention"] = true, ["max_relative_positions"] = -1, ["position_buckets"] = 4,
                ["pos_att_type"] = new JsonArray("p2c", "c2p"), ["share_att_key"] = true,
                ["norm_rel_ebd"] = "layer_norm", ["position_biased_input"] = false, ["pooler_dropout"] = 0.0,
                ["pooler_hidden_act"] = "gelu",
            }
            : IsModernBert ? new JsonObject
            {
                ["model_type"] = "modernbert", ["hidden_size"] = HiddenSize, ["num_hidden_layers"] = Layers,
                ["num_attention_heads"] = Heads, ["intermediate_size"] = IntermediateSize,
                ["hidden_activation"] = "gelu", ["embedding_dropout"] = 0.1, ["attention_dropout"] = 0.1, ["mlp_dropout"] = 0.1,
                ["classifier_dropout"] = 0.1, ["norm_eps"] = 1e-5,
                ["global_attn_every_n_layers"] = 2, ["local_attention"] = 6, ["global_rope_theta"] = 1000.0, ["local_rope_theta"] = 100.0,
                ["classifier_pooling"] = "cls",
            }
            : new JsonObject
            {
                ["model_type"] = ModelType, ["hidden_size"] = HiddenSize, ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads,
                ["intermediate_size"] = IntermediateSize,
                ["hidden_act"] = "gelu", ["hidden_dropout_prob"] = 0.1, ["attention_probs_dropout_prob"] = 0.1, ["type_vocab_size"] = 2,
                ["layer_norm_eps"] = IsRoberta ? 1e-5 : 1e-12,
            };
        if (IsElectra || IsAlbert)
            config["embedding_size"] = EmbeddingSize;
        if (IsAlbert)
            (config["num_hidden_groups"], config["inner_group_num"]) = (1, 1);
        config["architectures"] = new JsonArray(Architecture);
        config["vocab_size"] = VocabSize;
        config["max_position_embeddings"] = PositionRows;
        config["pad_token_id"] = HasAngleTokens ? 1 : 0;
        if (Architecture.EndsWith("Classification", StringComparison.Ordinal))
            config["id2label"] = new JsonObject(Labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label)));
        foreach ((string name, JsonNode? value) in ExtraConfig)
            config[name] = value?.DeepClone();
        return config;
    }

    private IEnumerable<(string Name, int[] Shape)> Shapes()
    {
        bool bare = Architecture.EndsWith("Model", StringComparison.Ordinal);
        string encoder = Prefix ?? (bare ? "" :
            IsDistilBert ? "distilbert." : IsMPNet ? "mpnet." : IsRoberta ? "roberta." : IsModernBert ? "model." :
            IsDeberta ? "deberta." : IsNomicBert ? "bert." : ModelType + ".");
        IEnumerable<(string, int[])> tensors =
        [
            .. (IsDistilBert ? DistilBertEncoder() : IsAlbert ? AlbertEncoder() : IsMPNet ? MPNetEncoder() :
                IsModernBert ? ModernBertEncoder() : IsDeberta ? DebertaEncoder() : IsNomicBert ? NomicBertEncoder() : BertEncoder())
                .Select(tensor => (encoder + tensor.Name, tensor.Shape)),
            .. IsDistilBert ? DistilBertHead() : HasAngleTokens ? AngleHead() :
                IsModernBert ? ModernBertHead() : IsDeberta ? DebertaHead()
                : IsNomicBert ? NomicBertHead() : IsElectra ? ElectraHead() : IsAlbert ? AlbertHead() : BertHead(),
        ];
        return tensors;
    }

    private IEnumerable<(string Name, int[] Shape)> BertEmbeddings() =>
    [
        ("embeddings.word_embeddings.weight", [VocabSize, EmbeddingSize]),
        ("embeddings.position_embeddings.weight", [PositionRows, EmbeddingSize]),
        ("embeddings.token_type_embeddings.weight", [Extra("type_vocab_size", 2), EmbeddingSize]),
        .. Affine("embeddings.LayerNorm", EmbeddingSize),
    ];

    private IEnumerable<(string Name, int[] Shape)> AlbertEncoder()
    {
        int h = HiddenSize;
        return
        [
            .. BertEmbeddings(), .. Affine("encoder.embedding_hidden_mapping_in", h, EmbeddingSize),
            .. from layer in AlbertLayers()
               from tensor in (IEnumerable<(string, int[])>)
               [
                   .. Affine(layer + "attention.query", h, h), .. Affine(layer + "attention.key", h, h),
                   .. Affine(layer + "attention.value", h, h),
                   .. Affine(layer + "attention.dense", h, h), .. Affine(layer + "attention.LayerNorm", h),
                   .. Affine(layer + "ffn", IntermediateSize, h), .. Affine(layer + "ffn_output", h, IntermediateSize),
                   .. Affine(layer + "full_layer_layer_norm", h),
               ]
               select tensor,
            .. Architecture is "AlbertModel" or "AlbertForSequenceClassification" ? Affine("pooler", h, h) : [],
        ];
    }

    private IEnumerable<(string Name, int[] Shape)> BertEncoder()
    {
        int h = HiddenSize;
        foreach (var tensor in BertEmbeddings())
            yield return tensor;
        if (IsElectra)
        {
            foreach (var tensor in Affine("embeddings_project", h, EmbeddingSize))
                yield return tensor;
        }
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"encoder.layer.{i}.";
            foreach (var tensor in (IEnumerable<(string, int[])>)
            [
                .. Affine(layer + "attention.self.query", h, h), .. Affine(layer + "attention.self.key", h, h),
                .. Affine(layer + "attention.self.value", h, h),
                .. Affine(layer + "attention.output.dense", h, h), .. Affine(layer + "attention.output.LayerNorm", h),
                .. Affine(layer + "intermediate.dense", IntermediateSize, h), .. Affine(layer + "output.dense", h, IntermediateSize),
                .. Affine(layer + "output.LayerNorm", h),
            ])
                yield return tensor;
        }
        if (Architecture is "BertModel" or "RobertaModel" or "XLMRobertaModel" or "CamembertModel" or "BertForPreTraining"
            or "BertForNextSentencePrediction" or "BertForSequenceClassification")
        {
            foreach (var tensor in Affine("pooler.dense", h, h))
                yield return tensor;
        }
    }

    private IEnumerable<(string Name, int[] Shape)> DistilBertEncoder()
    {
        int h = HiddenSize;
        yield return ("embeddings.word_embeddings.weight", [VocabSize, h]);
        yield return ("embeddings.position_embeddings.weight", [MaxPositions, h]);
        foreach (var tensor in Affine("embeddings.LayerNorm", h))
            yield return tensor;
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"transformer.layer.{i}.";
            foreach (var tensor in (IEnumerable<(string, int[])>)
            [
                .. Affine(layer + "attention.q_lin", h, h), .. Affine(layer + "attention.k_lin", h, h),
                .. Affine(layer + "attention.v_lin", h, h),
                .. Affine(layer + "attention.out_lin", h, h), .. Affine(layer + "sa_layer_norm", h),
                .. Affine(layer + "ffn.lin1", IntermediateSize, h), .. Affine(layer + "ffn.lin2", h, IntermediateSize),
                .. Affine(layer + "output_layer_norm", h),
            ])
                yield return tensor;
        }
    }

    private IEnumerable<(string Name, int[] Shape)> MPNetEncoder()
    {
        int h = HiddenSize;
        yield return ("embeddings.word_embeddings.weight", [VocabSize, h]);
        yield return ("embeddings.position_embeddings.weight", [PositionRows, h]);
        foreach (var tensor in Affine("embeddings.LayerNorm", h))
            yield return tensor;
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"encoder.layer.{i}.";
            foreach (var tensor in (IEnumerable<(string, int[])>)
            [
                .. Affine(layer + "attention.attn.q", h, h), .. Affine(layer + "attention.attn.k", h, h),
                .. Affine(layer + "attention.attn.v", h, h),
                .. Affine(layer + "attention.attn.o", h, h), .. Affine(layer + "attention.LayerNorm", h),
                .. Affine(layer + "intermediate.dense", IntermediateSize, h), .. Affine(layer + "output.dense", h, IntermediateSize),
                .. Affine(layer + "output.LayerNorm", h),
            ])
                yield return tensor;
        }
        yield return ("encoder.relative_attention_bias.weight", [32, Heads]);
        if (Architecture is "MPNetModel")
        {
            foreach (var tensor in Affine("pooler.dense", h, h))
                yield return tensor;
        }
    }

    // Shared linear functions have no tensors of their own; others are asked for by ExtraConfig.
    private IEnumerable<(string Name, int[] Shape)> DebertaEncoder() =>
    [
        ("embeddings.word_embeddings.weight", [VocabSize, HiddenSize]), .. Affine("embeddings.LayerNorm", HiddenSize), .. DebertaOptions(),
        .. Enumerable.Range(0, Layers).Select(i => $"encoder.layer.{i}.").SelectMany(layer => (IEnumerable<(string, int[])>)
        [
            .. Affine(layer + "attention.self.query_proj", HiddenSize, HiddenSize),
            .. Affine(layer + "attention.self.key_proj", HiddenSize, HiddenSize),
            .. Affine(layer + "attention.self.value_proj", HiddenSize, HiddenSize),
            .. (bool?)ExtraConfig["share_att_key"] == false
                ? [.. Affine(layer + "attention.self.pos_key_proj", HiddenSize, HiddenSize),
                    .. Affine(layer + "attention.self.pos_query_proj", HiddenSize, HiddenSize)]
                : Array.Empty<(string, int[])>(),
            .. Affine(layer + "attention.output.dense", HiddenSize, HiddenSize),
            .. Affine(layer + "attention.output.LayerNorm", HiddenSize),
            .. Affine(layer + "intermediate.dense", IntermediateSize, HiddenSize),
            .. Affine(layer + "output.dense", HiddenSize, IntermediateSize), .. Affine(layer + "output.LayerNorm", HiddenSize),
        ]),
    ];

    private IEnumerable<(string, int[])> DebertaHead() => Architecture switch
    {
        "DebertaV2ForSequenceClassification" =>
            [.. Affine("pooler.dense", HiddenSize, HiddenSize), .. Affine("classifier", Labels.Count, HiddenSize)],
        "DebertaV2ForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "DebertaV2ForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "DebertaV2ForMaskedLM" => (bool?)ExtraConfig["legacy"] == false ? DebertaPredictions() : BertPredictions(),
        _ => [],
    };

    private IEnumerable<(string Name, int[] Shape)> ModernBertEncoder() =>
    [
        ("embeddings.tok_embeddings.weight", [VocabSize, HiddenSize]), ("embeddings.norm.weight", [HiddenSize]),
        .. Enumerable.Range(0, Layers).SelectMany(i => (IEnumerable<(string, int[])>)
        [
            .. i > 0 ? [($"layers.{i}.attn_norm.weight", [HiddenSize])] : Array.Empty<(string, int[])>(),
            ($"layers.{i}.attn.Wqkv.weight", [3 * HiddenSize, HiddenSize]), ($"layers.{i}.attn.Wo.weight", [HiddenSize, HiddenSize]),
            ($"layers.{i}.mlp_norm.weight", [HiddenSize]), ($"layers.{i}.mlp.Wi.weight", [2 * IntermediateSize, HiddenSize]),
            ($"layers.{i}.mlp.Wo.weight", [HiddenSize, IntermediateSize]),
        ]),
        ("final_norm.weight", [HiddenSize]),
    ];

    private IEnumerable<(string, int[])> ModernBertHead() => Architecture == "ModernBertModel" ? [] :
    [
        ("head.dense.weight", [HiddenSize, HiddenSize]), ("head.norm.weight", [HiddenSize]),
        .. Architecture switch
        {
            "ModernBertForMaskedLM" => (bool?)ExtraConfig["decoder_bias"] == false ? [] : [("decoder.bias", [VocabSize])],
            "ModernBertForQuestionAnswering" => Affine("classifier", 2, HiddenSize),
            _ => Affine("classifier", Labels.Count, HiddenSize),
        },
    ];

    private IEnumerable<(string, int[])> AngleHead() =>
        (Architecture.IndexOf("For", StringComparison.Ordinal) is >= 0 and int head ? Architecture[head..] : "") switch
    {
        "ForSequenceClassification" =>
            [.. Affine("classifier.dense", HiddenSize, HiddenSize), .. Affine("classifier.out_proj", Labels.Count, HiddenSize)],
        "ForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "ForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "ForMaskedLM" =>
            [("lm_head.bias", [VocabSize]),
                .. HasDecoder ? [("lm_head.decoder.weight", [VocabSize, HiddenSize])] : Array.Empty<(string, int[])>(),
                .. Affine("lm_head.dense", HiddenSize, HiddenSize), .. Affine("lm_head.layer_norm", HiddenSize)],
        _ => [],
    };

    private IEnumerable<(string, int[])> ElectraHead() => Architecture switch
    {
        "ElectraForSequenceClassification" =>
            [.. Affine("classifier.dense", HiddenSize, HiddenSize), .. Affine("classifier.out_proj", Labels.Count, HiddenSize)],
        "ElectraForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "ElectraForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "ElectraForPreTraining" =>
            [.. Affine("discriminator_predictions.dense", HiddenSize, HiddenSize),
                .. Affine("discriminator_predictions.dense_prediction", 1, HiddenSize)],
        "ElectraForMaskedLM" =>
        [
            ("generator_lm_head.bias", [VocabSize]),
            .. HasDecoder ? [("generator_lm_head.weight", [VocabSize, EmbeddingSize])] : Array.Empty<(string, int[])>(),
            .. Affine("generator_predictions.dense", EmbeddingSize, HiddenSize),
            .. Affine("generator_predictions.LayerNorm", EmbeddingSize),
        ],
        _ => [],
    };

    private IEnumerable<(string, int[])> AlbertHead() => Architecture switch
    {
        "AlbertForSequenceClassification" or "AlbertForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "AlbertForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "AlbertForMaskedLM" =>
        [
            ("predictions.bias", [VocabSize]),
            .. HasDecoder ? [("predictions.decoder.weight", [VocabSize, EmbeddingSize])] : Array.Empty<(string, int[])>(),
            .. Affine("predictions.dense", EmbeddingSize, HiddenSize), .. Affine("predictions.LayerNorm", EmbeddingSize),
        ],
        _ => [],
    };

    private IEnumerable<(string, int[])> BertHead() => Architecture switch
    {
        "BertForSequenceClassification" or "BertForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "BertForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "BertForMaskedLM" => BertPredictions(),
        "BertForNextSentencePrediction" => Affine("cls.seq_relationship", 2, HiddenSize),
        "BertForPreTraining" => [.. BertPredictions(), .. Affine("cls.seq_relationship", 2, HiddenSize)],
        _ => [],
    };

    private IEnumerable<(string, int[])> BertPredictions() =>
    [
        ("cls.predictions.bias", [VocabSize]),
        .. HasDecoder ? [("cls.predictions.decoder.weight", [VocabSize, HiddenSize])] : Array.Empty<(string, int[])>(),
        .. Affine("cls.predictions.transform.dense", HiddenSize, HiddenSize), .. Affine("cls.predictions.transform.LayerNorm", HiddenSize),
    ];

    private IEnumerable<(string, int[])> DistilBertHead() => Architecture switch
    {
        "DistilBertForSequenceClassification" =>
            [.. Affine("pre_classifier", HiddenSize, HiddenSize), .. Affine("classifier", Labels.Count, HiddenSize)],
        "DistilBertForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "DistilBertForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "DistilBertForMaskedLM" =>
        [
            ("vocab_projector.bias", [VocabSize]),
            .. Affine("vocab_transform", HiddenSize, HiddenSize), .. Affine("vocab_layer_norm", HiddenSize),
        ],
        _ => [],
    };

    private static IEnumerable<(string, int[])> Affine(string name, params int[] shape) =>
        [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
