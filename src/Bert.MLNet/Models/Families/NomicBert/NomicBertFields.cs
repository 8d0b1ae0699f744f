using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// The fields of NomicBERT's <c>config.json</c>. There are two forms: that of Nomic AI's Python code, with the names of GPT-2
/// (<c>n_embd</c>), and that of HuggingFace's class since transformers 5, with the names of BERT (<c>hidden_size</c>) and fewer options.
/// </summary>
internal static class NomicBertFields
{
    // Nomic AI's code rounds the width of the feed-forward network up to a multiple.
    private const int WidthMultiple = 256;

    private const string RopeParameters = "rope_parameters", AttentionBias = "qkv_proj_bias", InnerBias = "mlp_fc1_bias",
        OuterBias = "mlp_fc2_bias", Fraction = "rotary_emb_fraction", Positions = "n_positions",
        TrainedPositions = "max_trained_positions", HeadSize = "head_dim";

    private const string OneNetwork = "only layers with one feed-forward network are";

    private const int DefaultPositions = 2048;

    public static IReadOnlyList<ConfigField> All { get; } =
    [
        ConfigField.HiddenSize("n_embd", "hidden_size"), ConfigField.NumHiddenLayers("n_layer", "num_hidden_layers"),
        ConfigField.NumAttentionHeads("n_head", "num_attention_heads"),
        new("n_inner", ReadWidth, config => config.IntermediateSize),
        new("activation_function", ReadActivation, config => config.Activation == BertActivation.Silu ? "swiglu" : "geglu"),
        ConfigField.OptionalTypeVocabSize,
        new("pad_vocab_size_multiple", ReadVocabulary, Write: null),
        new(Positions, ReadPositions, config => config.MaxPositionEmbeddings),
        ConfigField.Epsilon("layer_norm_epsilon", "layer_norm_eps"),
        ConfigField.HiddenDropout("resid_pdrop", "hidden_dropout_prob"),
        ConfigField.AttentionDropout("attn_pdrop", "attention_probs_dropout_prob"),
        ConfigField.Number("classifier_dropout", config => config.ClassifierDropout,
            (config, value) => config with { ClassifierDropout = value }, "embd_pdrop"),
        new("rotary_emb_base", ReadBase, config => config.GlobalRopeTheta),
        new(Fraction, ReadFraction, config => config.PositionBiasedInput ? 0.0 : 1.0),
        new(AttentionBias, ReadAttentionBias, config => config.AttentionBias),
        new(HeadSize, CheckHeads, Write: null),
        new(InnerBias, ReadBias, config => config.MlpBias),
        new(OuterBias, CheckBias, config => config.MlpBias),
    ];

    public static IReadOnlyList<LimitedField> Limits { get; } =
    [
        new("activation_function", "only 'swiglu' and 'geglu' are", value =>
            value.ValueKind == JsonValueKind.String && value.GetString() is "swiglu" or "geglu"),
        new(Fraction, "only 1, for whole heads, and 0, for position embeddings, are", value =>
            value.ValueKind != JsonValueKind.Number || value.GetDouble() is 0 or 1),
        new("rotary_emb_base", "only numbers above 0 are", value => value.ValueKind != JsonValueKind.Number || value.GetDouble() > 0),
        new("rotary_emb_interleaved", "only pairs of values from both halves of a head are", IsFalse),
        new("rotary_emb_scale_base", "only positions without scaling are", _ => false),
        new(RopeParameters, RopeFields.Supported, RopeFields.IsUnscaled),
        new("rotary_head_dim", "only rotation by the positions of tokens is", IsFalse),
        new("prenorm", "only normalization after each part of a layer is", IsFalse),
        new("use_rms_norm", "only layer normalization is", IsFalse),
        new("parallel_block", "only layers whose parts follow one another are", IsFalse),
        new("causal", "only attention to both sides is", IsFalse),
        new("num_heads_kv", "only as many keys as queries are", _ => false),
        new("num_experts", OneNetwork, IsZero), new("moe_every_n_layers", OneNetwork, IsZero),
    ];

    /// <summary>Whether a file has the form of HuggingFace's class.</summary>
    private static bool IsNative(JsonFields fields) => fields.Has("hidden_act") || fields.Has(RopeParameters);

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.False;

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0;

    private static BertConfig ReadWidth(JsonFields fields, BertConfig config)
    {
        if (IsNative(fields))
            return config with { IntermediateSize = fields.Whole("intermediate_size", 1) ?? config.IntermediateSize };
        return config with { IntermediateSize = Multiple(fields.Whole("n_inner", 1) ?? 8L * config.HiddenSize / 3, WidthMultiple) };
    }

    private static BertConfig ReadActivation(JsonFields fields, BertConfig config) => config with
    {
        HiddenAct = fields.Text("hidden_act") ?? (fields.Text("activation_function") == "geglu" ? "gelu" : config.HiddenAct),
    };

    private static BertConfig ReadVocabulary(JsonFields fields, BertConfig config) => config with
    {
        VocabSize = Multiple(config.VocabSize, fields.Whole("pad_vocab_size_multiple", 1) ?? 1),
    };

    // A number below 1 stands for the default.
    private static BertConfig ReadPositions(JsonFields fields, BertConfig config)
    {
        int positions = fields.Whole(Positions, int.MinValue, "max_position_embeddings") is int given and > 0 ? given : DefaultPositions;
        if (fields.Number("rotary_scaling_factor") is not null)
        {
            // The factor applies only to texts that are longer than those of the training.
            int trained = fields.Whole(TrainedPositions, 1) ?? DefaultPositions;
            positions = Math.Min(positions, trained);
        }
        return config with { MaxPositionEmbeddings = positions };
    }

    private static BertConfig ReadBase(JsonFields fields, BertConfig config) => config with
    {
        GlobalRopeTheta = fields.Find(RopeParameters) is { } rope
            ? RopeFields.Base(rope) ?? 1_000
            : fields.Number("rotary_emb_base") ?? (IsNative(fields) ? 1_000 : 10_000),
    };

    private static BertConfig ReadFraction(JsonFields fields, BertConfig config) =>
        config with { PositionBiasedInput = !IsNative(fields) && (fields.Number(Fraction) ?? 0) == 0 };

    private static BertConfig ReadAttentionBias(JsonFields fields, BertConfig config) =>
        config with { AttentionBias = !IsNative(fields) && (fields.Flag(AttentionBias) ?? true) };

    // HuggingFace's class has biases in its heads only.
    private static BertConfig ReadBias(JsonFields fields, BertConfig config)
    {
        bool isNative = IsNative(fields), hasBias = fields.Flag(InnerBias) ?? true;
        return config with { MlpBias = !isNative && hasBias, ClassifierBias = isNative || hasBias, DecoderBias = isNative || hasBias };
    }

    private static BertConfig CheckHeads(JsonFields fields, BertConfig config) =>
        fields.Find(HeadSize) is { } value && fields.Whole(HeadSize, 1) != config.HiddenSize / config.NumAttentionHeads
            ? throw fields.Wrong(HeadSize, value, "the hidden size divided by the number of heads")
            : config;

    private static BertConfig CheckBias(JsonFields fields, BertConfig config) =>
        fields.Find(OuterBias) is { } value && !IsNative(fields) && (fields.Flag(OuterBias) ?? true) != config.MlpBias
            ? throw fields.Wrong(OuterBias, value, $"the value of {InnerBias}, the other layer of the feed-forward network")
            : config;

    // Larger sizes fit no tensor.
    private static int Multiple(long value, int multiple) => (int)Math.Min((value + multiple - 1) / multiple * multiple, int.MaxValue);
}
