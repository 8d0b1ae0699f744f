using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// ALBERT (Lan et al., 2020, arXiv:1909.11942): BERT whose layers share their weights, all of them or in groups. Its embeddings are narrow
/// and are projected to the width of the hidden states.
/// </summary>
internal static class AlbertFamily
{
    // Far more than any checkpoint has.
    private const int MaxInnerLayers = 16;

    private static readonly (string InFile, string Canonical)[] s_layerParts =
    [
        ("attention.query", "attention.self.query"), ("attention.key", "attention.self.key"),
        ("attention.value", "attention.self.value"),
        ("attention.dense", "attention.output.dense"), ("attention.LayerNorm", "attention.output.LayerNorm"),
        ("ffn", "intermediate.dense"), ("ffn_output", "output.dense"), ("full_layer_layer_norm", "output.LayerNorm"),
    ];

    public static ModelFamily Create() => new()
    {
        ModelType = "albert",
        ClassPrefix = "Albert",
        TokenizerClass = "AlbertTokenizer",
        Defaults = new BertConfig
        {
            VocabSize = 30000, EmbeddingSize = 128, HiddenSize = 4096, NumAttentionHeads = 64, IntermediateSize = 16384,
            HiddenAct = "gelu_new", HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, ClassifierDropout = 0.1,
        },
        Fields =
        [
            ConfigField.EmbeddingSize,
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"), ConfigField.IntermediateSize("intermediate_size"),
            ConfigField.HiddenAct("hidden_act"), ConfigField.TypeVocabSize, ConfigField.LayerNormEps,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.ClassifierDropout("classifier_dropout_prob"),
            ConfigField.Whole("num_hidden_groups", 1, config => config.NumHiddenGroups, (config, value) =>
                config with { NumHiddenGroups = value }),
            ConfigField.Whole("inner_group_num", 1, config => config.InnerGroupNum, (config, value) =>
                config with { InnerGroupNum = value }),
        ],
        Limits =
        [
            new LimitedField("inner_group_num", $"only groups of up to {MaxInnerLayers} inner layers are", value =>
                value.ValueKind != JsonValueKind.Number || value.TryGetInt32(out int count) && count <= MaxInnerLayers),
        ],
        Names = new TensorNames
        {
            Layer = "encoder.albert_layer_groups.",
            LayerParts = [.. Enumerable.Range(0, MaxInnerLayers).SelectMany(inner => s_layerParts.Select(part => InLayer(inner, part)))],
            Parts =
            [
                ("encoder.embedding_hidden_mapping_in", CanonicalNames.EmbeddingProjection), ("pooler", "pooler.dense"),
                ("predictions.dense", "cls.predictions.transform.dense"), ("predictions.LayerNorm", "cls.predictions.transform.LayerNorm"),
                ("predictions.bias", CanonicalNames.DecoderBias), ("predictions.decoder", CanonicalNames.DecoderLayer),
            ],
        },
        Shape = config => new EncoderShape
        {
            ProjectsEmbeddings = true,
            LayerGroups = config.NumHiddenGroups,
            BlocksPerLayer = config.InnerGroupNum,
            Pooler = CommonHeads.Pooler(config),
        },
        Heads = Heads,
    };

    private static (string InFile, string Canonical) InLayer(int inner, (string InFile, string Canonical) part) => (
        $"albert_layers.{inner}.{part.InFile}",
        inner == 0 ? part.Canonical : $"{CanonicalNames.InnerBlocks}.{inner}.{part.Canonical}");

    private static Head[] Heads(BertConfig config)
    {
        double dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        return
        [
            new Head(HeadKind.SequenceClassification, CommonHeads.Pooler(config), CommonHeads.Labels(config, dropout))
            {
                OtherClasses = ["MultipleChoice"],
            },
            CommonHeads.TokenClassification(config, dropout),
            CommonHeads.QuestionAnswering(config),
            CommonHeads.MaskedLM(config, config.Activation) with { OtherClasses = ["PreTraining"] },
        ];
    }
}
