using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests;

// What families have by the fields of their configs.
internal sealed partial record TinyCheckpoint
{
    // Nomic AI's class rounds it up.
    private int NomicWidth => (IntermediateSize + 255) / 256 * 256;

    private int Extra(string field, int otherwise) => (int?)ExtraConfig[field] ?? otherwise;

    private bool Has(string field, bool otherwise) => (bool?)ExtraConfig[field] ?? otherwise;

    private JsonObject NomicBertConfig() => new()
    {
        ["model_type"] = "nomic_bert", ["n_embd"] = HiddenSize, ["n_layer"] = Layers, ["n_head"] = Heads,
        ["n_inner"] = NomicWidth, ["activation_function"] = "swiglu", ["resid_pdrop"] = 0.1, ["attn_pdrop"] = 0.1,
        ["layer_norm_epsilon"] = 1e-12, ["n_positions"] = MaxPositions, ["type_vocab_size"] = 2, ["rotary_emb_base"] = 1000,
        ["rotary_emb_fraction"] = 1.0, ["rotary_emb_interleaved"] = false, ["rotary_emb_scale_base"] = null, ["prenorm"] = false,
        ["qkv_proj_bias"] = false, ["mlp_fc1_bias"] = false, ["mlp_fc2_bias"] = false, ["causal"] = false,
        ["use_rms_norm"] = false, ["parallel_block"] = false, ["pad_vocab_size_multiple"] = 1,
        ["auto_map"] = new JsonObject { ["AutoModel"] = "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel" },
    };

    private IEnumerable<(string Name, int[] Shape)> NomicBertEncoder()
    {
        int h = HiddenSize, types = Extra("type_vocab_size", 2);
        bool attention = Has("qkv_proj_bias", false), feedForward = Has("mlp_fc1_bias", false);
        return
        [
            ("embeddings.word_embeddings.weight", [VocabSize, h]), .. Affine("emb_ln", h),
            .. types > 0 ? [("embeddings.token_type_embeddings.weight", [types, h])] : Array.Empty<(string, int[])>(),
            .. (double?)ExtraConfig["rotary_emb_fraction"] == 0
                ? [("embeddings.position_embeddings.weight", [MaxPositions, h])]
                : Array.Empty<(string, int[])>(),
            .. from layer in Enumerable.Range(0, Layers).Select(i => $"encoder.layers.{i}.")
               from tensor in (IEnumerable<(string, int[])>)
               [
                   .. Linear(attention, layer + "attn.Wqkv", 3 * h, h), .. Linear(attention, layer + "attn.out_proj", h, h),
                   .. Affine(layer + "norm1", h), .. Affine(layer + "norm2", h),
                   .. Linear(feedForward, layer + "mlp.fc11", NomicWidth, h), .. Linear(feedForward, layer + "mlp.fc12", NomicWidth, h),
                   .. Linear(feedForward, layer + "mlp.fc2", h, NomicWidth),
               ]
               select tensor,
            .. Architecture == "NomicBertForSequenceClassification" ? Affine("pooler.dense", h, h) : [],
        ];
    }

    private IEnumerable<(string, int[])> NomicBertHead() => Architecture switch
    {
        "NomicBertForSequenceClassification" or "NomicBertForTokenClassification" => Affine("classifier", Labels.Count, HiddenSize),
        "NomicBertForQuestionAnswering" => Affine("qa_outputs", 2, HiddenSize),
        "NomicBertForMaskedLM" or "NomicBertForPreTraining" =>
        [
            .. Linear(Has("mlp_fc1_bias", false), "cls.predictions.transform.dense", HiddenSize, HiddenSize),
            .. Affine("cls.predictions.transform.layer_norm", HiddenSize),
            .. Has("mlp_fc1_bias", false) ? [("cls.predictions.decoder.bias", [VocabSize])] : Array.Empty<(string, int[])>(),
        ],
        _ => [],
    };

    private IEnumerable<string> AlbertLayers() =>
        from layers in Enumerable.Range(0, Extra("num_hidden_groups", 1))
        from inner in Enumerable.Range(0, Extra("inner_group_num", 1))
        select $"encoder.albert_layer_groups.{layers}.albert_layers.{inner}.";

    // Distances, positions, types and the convolution.
    private IEnumerable<(string Name, int[] Shape)> DebertaOptions()
    {
        int buckets = Extra("position_buckets", 4), types = Extra("type_vocab_size", 0), size = Extra("conv_kernel_size", 0);
        if (Has("relative_attention", true))
            yield return ("encoder.rel_embeddings.weight", [2 * (buckets > 0 ? buckets : MaxPositions), HiddenSize]);
        if (Has("relative_attention", true) && (string?)ExtraConfig["norm_rel_ebd"] != "none")
        {
            foreach (var tensor in Affine("encoder.LayerNorm", HiddenSize))
                yield return tensor;
        }
        if (Has("position_biased_input", false))
            yield return ("embeddings.position_embeddings.weight", [MaxPositions, HiddenSize]);
        if (types > 0)
            yield return ("embeddings.token_type_embeddings.weight", [types, HiddenSize]);
        if (size > 0)
        {
            yield return ("encoder.conv.conv.weight", [HiddenSize, HiddenSize / Extra("conv_groups", 1), size]);
            yield return ("encoder.conv.conv.bias", [HiddenSize]);
            foreach (var tensor in Affine("encoder.conv.LayerNorm", HiddenSize))
                yield return tensor;
        }
    }

    private IEnumerable<(string, int[])> DebertaPredictions() =>
    [
        .. Affine("lm_predictions.lm_head.dense", HiddenSize, HiddenSize), .. Affine("lm_predictions.lm_head.LayerNorm", HiddenSize),
        ("lm_predictions.lm_head.bias", [VocabSize]),
    ];

    private static IEnumerable<(string, int[])> Linear(bool hasBias, string name, params int[] shape) =>
        hasBias ? Affine(name, shape) : [(name + ".weight", shape)];
}
