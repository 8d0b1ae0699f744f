using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// ModernBERT (Warner et al., 2024, arXiv:2412.13663), an encoder with rotary positions and a gated feed-forward network. Two of three
/// layers attend only to a window, and LayerNorm precedes each part of a layer.
/// </summary>
internal static class ModernBertFamily
{
    private const string HeadTransform = "cls.predictions.transform";

    public static ModelFamily Create() => new()
    {
        ModelType = "modernbert",
        ClassPrefix = "ModernBert",
        EncoderPrefix = "model.",
        TokenizerClass = "PreTrainedTokenizer",
        Defaults = new BertConfig
        {
            VocabSize = 50368, IntermediateSize = 1152, NumHiddenLayers = 22, MaxPositionEmbeddings = 8192, TypeVocabSize = 0,
            LayerNormEps = 1e-5,
            PadTokenId = 50283, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, ClassifierDropout = 0,
        },
        Fields =
        [
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"),
            ConfigField.IntermediateSize("intermediate_size"), ConfigField.HiddenAct("hidden_activation"), ConfigField.Epsilon("norm_eps"),
            ConfigField.HiddenDropout("embedding_dropout"), ConfigField.AttentionDropout("attention_dropout"),
            ConfigField.ClassifierDropout("classifier_dropout"),
            ConfigField.Number("mlp_dropout", config => config.MlpDropout, (config, value) => config with { MlpDropout = value }),
            ConfigField.Whole("global_attn_every_n_layers", 1, config => config.GlobalAttnEveryNLayers, (config, value) =>
                config with { GlobalAttnEveryNLayers = value }),
            ConfigField.Whole("local_attention", 1, config => config.LocalAttention, (config, value) =>
                config with { LocalAttention = value }),
            ConfigField.Number("global_rope_theta", config => config.GlobalRopeTheta, (config, value) =>
                config with { GlobalRopeTheta = value }),
            LocalRopeTheta,
            .. NewerModernBertFields.All,
            ConfigField.Text("classifier_pooling", config => config.ClassifierPooling, (config, value) =>
                config with { ClassifierPooling = value }),
            ConfigField.Text("classifier_activation", config => config.ClassifierActivation, (config, value) =>
                config with { ClassifierActivation = value }),
            ConfigField.Flag("attention_bias", config => config.AttentionBias, (config, value) => config with { AttentionBias = value }),
            ConfigField.Flag("mlp_bias", config => config.MlpBias, (config, value) => config with { MlpBias = value }),
            ConfigField.Flag("norm_bias", config => config.NormBias, (config, value) => config with { NormBias = value }),
            ConfigField.Flag("classifier_bias", config => config.ClassifierBias, (config, value) => config with { ClassifierBias = value }),
            ConfigField.Flag("decoder_bias", config => config.DecoderBias, (config, value) => config with { DecoderBias = value }),
        ],
        Limits =
        [
            .. NewerModernBertFields.Limits,
            new LimitedField("rope_scaling", "only rotary positions without scaling are", _ => false),
            new LimitedField("classifier_pooling", "only 'cls' and 'mean' are", value => value.ValueKind == JsonValueKind.String
                && value.GetString() is "cls" or "mean"),
            new LimitedField("classifier_activation", $"only {BertActivationExtensions.Names} are", value =>
                value.ValueKind == JsonValueKind.String && BertActivationExtensions.Parse(value.GetString()!) is not null),
            new LimitedField("global_rope_theta", "only numbers above 0 are", IsPositive),
            new LimitedField("local_rope_theta", "only numbers above 0 are", IsPositive),
        ],
        Names = new TensorNames
        {
            Layer = "layers.",
            LayerParts =
            [
                ("attn.Wqkv", FusedTensors.QueryKeyValue), ("attn.Wo", "attention.output.dense"),
                ("attn_norm", "attention.output.LayerNorm"),
                ("mlp.Wi", FusedTensors.DenseGate), ("mlp.Wo", "output.dense"), ("mlp_norm", "output.LayerNorm"),
            ],
            Parts =
            [
                ("embeddings.tok_embeddings", "embeddings.word_embeddings"), ("embeddings.norm", "embeddings.LayerNorm"),
                ("final_norm", FinalNorm),
                ("head.dense", HeadTransform + ".dense"), ("head.norm", HeadTransform + ".LayerNorm"),
                ("decoder.bias", CanonicalNames.DecoderBias), ("decoder", CanonicalNames.DecoderLayer),
            ],
        },
        Shape = config => new EncoderShape
        {
            HasPositionEmbeddings = false,
            Rotary = new RotaryPositions(config.GlobalRopeTheta, config.LocalRopeTheta ?? config.GlobalRopeTheta),
            LocalAttention = new LocalAttention(config.LocalAttention / 2, config.GlobalAttnEveryNLayers),
            NormalizesFirst = true,
            FinalNorm = FinalNorm,
            HasGate = true,
            AttentionHasBias = config.AttentionBias,
            FeedForwardHasBias = config.MlpBias,
            NormHasBias = config.NormBias,
            AttentionOutputDropout = config.AttentionProbsDropoutProb,
            FeedForwardDropout = config.MlpDropout,
            FeedForwardOutputDropout = 0,
        },
        Heads = Heads,
    };

    private const string FinalNorm = "encoder.final.LayerNorm";

    // If the field is missing, a default is used. If it is null, layers with windows use the base of the other layers.
    private static ConfigField LocalRopeTheta { get; } = new(
        "local_rope_theta",
        (fields, config) => fields.Has("local_rope_theta") ? config with { LocalRopeTheta = fields.Number("local_rope_theta") } : config,
        config => config.LocalRopeTheta);

    private static bool IsPositive(JsonElement value) => value.ValueKind != JsonValueKind.Number || value.GetDouble() > 0;

    // All heads start with the same transformation.
    private static Head[] Heads(BertConfig config)
    {
        var transform = new HeadLayer(HeadTransform + ".dense", config.HiddenSize, config.HiddenSize,
            BertActivationExtensions.Parse(config.ClassifierActivation))
        {
            Bias = config.ClassifierBias ? HeadTransform + ".dense.bias" : null,
            Norm = HeadTransform + ".LayerNorm",
            NormHasBias = config.NormBias,
        };
        HeadLayer labels = CommonHeads.Labels(config, config.ClassifierDropout ?? 0);
        return
        [
            new Head(HeadKind.SequenceClassification, transform, labels) { ReadsMean = config.ClassifierPooling == "mean",
                OtherClasses = ["MultipleChoice"] },
            new Head(HeadKind.TokenClassification, transform, labels),
            new Head(HeadKind.QuestionAnswering, transform, labels with { Outputs = 2 }),
            new Head(HeadKind.MaskedLM, transform, CommonHeads.Decoder(config) with
            {
                Bias = config.DecoderBias ? CanonicalNames.DecoderBias : null,
            }),
        ];
    }
}
