using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// Versions 2 and 3 of DeBERTa (He et al., 2021, arXiv:2006.03654 and arXiv:2111.09543): BERT with disentangled attention.
/// </summary>
internal static class DebertaV2Family
{
    // Stored outside the encoder, unlike the pooler of other families.
    private const string Pooler = "context_pooler.dense";

    private const string OwnWordHead = "lm_predictions.lm_head";

    public static ModelFamily Create() => new()
    {
        ModelType = "deberta-v2",
        ClassPrefix = "DebertaV2",
        EncoderPrefix = "deberta.",
        TokenizerClass = "DebertaV2Tokenizer",
        Defaults = new BertConfig
        {
            VocabSize = 128100, HiddenSize = 1536, NumHiddenLayers = 24, NumAttentionHeads = 24, IntermediateSize = 6144,
            TypeVocabSize = 0, LayerNormEps = 1e-7,
        },
        Fields =
        [
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"),
            ConfigField.IntermediateSize("intermediate_size"), ConfigField.HiddenAct("hidden_act"), ConfigField.LayerNormEps,
            ConfigField.OptionalTypeVocabSize,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.ClassifierDropout("cls_dropout"),
            ConfigField.Flag("relative_attention", config => config.RelativeAttention, (config, value) =>
                config with { RelativeAttention = value }),
            ConfigField.Whole("max_relative_positions", -1, config => config.MaxRelativePositions, (config, value) =>
                config with { MaxRelativePositions = value }),
            ConfigField.Whole("position_buckets", -1, config => config.PositionBuckets, (config, value) =>
                config with { PositionBuckets = value }),
            ConfigField.Flag("share_att_key", config => config.ShareAttKey, (config, value) => config with { ShareAttKey = value }),
            ConfigField.Text("norm_rel_ebd", config => config.NormRelEbd, (config, value) => config with { NormRelEbd = value }),
            ConfigField.Flag("position_biased_input", config => config.PositionBiasedInput, (config, value) =>
                config with { PositionBiasedInput = value }),
            ConfigField.Number("pooler_dropout", config => config.PoolerDropout, (config, value) => config with { PoolerDropout = value }),
            ConfigField.Text("pooler_hidden_act", config => config.PoolerHiddenAct, (config, value) =>
                config with { PoolerHiddenAct = value }),
            PosAttType,
            ConfigField.Whole("conv_kernel_size", 0, config => config.ConvKernelSize, (config, value) =>
                config with { ConvKernelSize = value }),
            ConfigField.Whole("conv_groups", 1, config => config.ConvGroups, (config, value) => config with { ConvGroups = value }),
            ConfigField.Text("conv_act", config => config.ConvAct, (config, value) => config with { ConvAct = value }),
            ConfigField.Flag("legacy", config => config.Legacy, (config, value) => config with { Legacy = value }),
        ],
        Limits =
        [
            new LimitedField("conv_kernel_size", "only odd sizes are", value =>
                value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int size) || size <= 0 || size % 2 == 1),
            IsActivation("conv_act"),
            new LimitedField("attention_head_size", "only heads of hidden_size / num_attention_heads values are", _ => false),
            new LimitedField("pos_att_type", "only 'c2p' and 'p2c' are", value => Types(value).All(type => type is "c2p" or "p2c")),
            new LimitedField("norm_rel_ebd", "only 'none' and 'layer_norm' are", value => value.ValueKind != JsonValueKind.String
                || Parts(value.GetString()!).All(part => part is "none" or "layer_norm")),
            IsActivation("pooler_hidden_act"),
        ],
        Names = new TensorNames
        {
            LayerParts =
            [
                ("attention.self.query_proj", "attention.self.query"), ("attention.self.key_proj", "attention.self.key"),
                ("attention.self.value_proj", "attention.self.value"),
                ("attention.self.pos_key_proj", "attention.self.position_key"),
                ("attention.self.pos_query_proj", "attention.self.position_query"),
            ],
            Parts = [("pooler.dense", Pooler)],
        },
        Shape = config => new EncoderShape
        {
            HasPositionEmbeddings = config.PositionBiasedInput,
            Disentangled = Disentangled(config),
            // As the reference: even if relative_attention is false.
            ScoreScale = 1 + Parts(config.PosAttType).Intersect(["c2p", "p2c"]).Count(),
            Convolution = config.ConvKernelSize > 0
                ? new EmbeddingConvolution("encoder.conv", config.ConvKernelSize, config.ConvGroups, Activation(config.ConvAct))
                : null,
        },
        Heads = Heads,
    };

    private static LimitedField IsActivation(string name) => new(name, $"only {BertActivationExtensions.Names} are", value =>
        value.ValueKind != JsonValueKind.String || BertActivationExtensions.Parse(value.GetString()!) is not null);

    private static BertActivation Activation(string name) => BertActivationExtensions.Parse(name)
        ?? throw new NotSupportedException(
            $"The activation function '{name}' is not supported. Use one of {BertActivationExtensions.Names}.");

    // The value is a list, or a string with items separated by vertical bars.
    private static ConfigField PosAttType { get; } = new(
        "pos_att_type",
        (fields, config) => fields.Find("pos_att_type") is { } value ? config with { PosAttType = string.Join('|', Types(value)) } : config,
        config => Parts(config.PosAttType));

    private static string[] Types(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Parts(value.GetString()!),
        JsonValueKind.Array => [.. value.EnumerateArray().Select(item => item.ToString())],
        _ => [value.GetRawText()],
    };

    private static string[] Parts(string text) =>
        text.ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static DisentangledAttention? Disentangled(BertConfig config)
    {
        if (!config.RelativeAttention)
            return null;
        int longest = config.MaxRelativePositions < 1 ? config.MaxPositionEmbeddings : config.MaxRelativePositions;
        string[] types = Parts(config.PosAttType);
        return new DisentangledAttention("encoder.rel_embeddings.weight", config.PositionBuckets > 0 ? config.PositionBuckets : longest)
        {
            Norm = Parts(config.NormRelEbd).Contains("layer_norm") ? "encoder.LayerNorm" : null,
            HasBuckets = config.PositionBuckets > 0,
            MaxDistance = longest,
            ContentToPosition = types.Contains("c2p"),
            PositionToContent = types.Contains("p2c"),
            SharesProjections = config.ShareAttKey,
        };
    }

    private static Head[] Heads(BertConfig config) =>
    [
        new Head(
            HeadKind.SequenceClassification,
            new HeadLayer(Pooler, config.HiddenSize, config.HiddenSize,
                BertActivationExtensions.Parse(config.PoolerHiddenAct)) { Dropout = config.PoolerDropout },
            CommonHeads.Labels(config, config.ClassifierDropout ?? config.HiddenDropoutProb)) { OtherClasses = ["MultipleChoice"] },
        CommonHeads.TokenClassification(config, config.HiddenDropoutProb),
        CommonHeads.QuestionAnswering(config),
        config.Legacy ? CommonHeads.MaskedLM(config, config.Activation) : OwnMaskedLM(config),
    ];

    // The arithmetic is that of the usual head.
    private static Head OwnMaskedLM(BertConfig config) => new(
        HeadKind.MaskedLM,
        new HeadLayer(OwnWordHead + ".dense", config.HiddenSize, config.HiddenSize, config.Activation)
        {
            Norm = OwnWordHead + ".LayerNorm",
        },
        CommonHeads.Decoder(config) with { Bias = OwnWordHead + ".bias" });
}
