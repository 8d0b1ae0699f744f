using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// Versions 2 and 3 of DeBERTa (He et al., 2021, arXiv:2006.03654 and arXiv:2111.09543): BERT with disentangled attention.
/// </summary>
internal static class DebertaV2Family
{
    // Stored outside the encoder, unlike the pooler of other families.
    private const string Pooler = "context_pooler.dense";

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
            ConfigField.Whole("type_vocab_size", 0, config => config.TypeVocabSize, (config, value) =>
                config with { TypeVocabSize = value }),
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
        ],
        Limits =
        [
            new LimitedField("conv_kernel_size", "only encoders without a convolution are", value =>
                value.ValueKind == JsonValueKind.Number && value.GetDouble() <= 0),
            new LimitedField("attention_head_size", "only heads of hidden_size / num_attention_heads values are", _ => false),
            new LimitedField("legacy", "only the masked language modeling head of transformers up to 4.48 is", value =>
                value.ValueKind == JsonValueKind.True),
            new LimitedField("pos_att_type", "only 'c2p' and 'p2c' are", value => Types(value).All(type => type is "c2p" or "p2c")),
            new LimitedField("norm_rel_ebd", "only 'none' and 'layer_norm' are", value => value.ValueKind != JsonValueKind.String
                || Parts(value.GetString()!).All(part => part is "none" or "layer_norm")),
            new LimitedField("pooler_hidden_act", $"only {BertActivationExtensions.Names} are", value =>
                value.ValueKind != JsonValueKind.String || BertActivationExtensions.Parse(value.GetString()!) is not null),
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
        Shape = config => new EncoderShape { HasPositionEmbeddings = config.PositionBiasedInput, Disentangled = Disentangled(config) },
        Heads = Heads,
    };

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
        CommonHeads.MaskedLM(config, config.Activation),
    ];
}
