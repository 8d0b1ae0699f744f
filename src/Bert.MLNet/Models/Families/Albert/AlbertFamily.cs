using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// ALBERT (Lan et al., 2020, arXiv:1909.11942): BERT with a single layer that is applied repeatedly. Its embeddings are narrow and are
/// projected to the width of the hidden states.
/// </summary>
internal static class AlbertFamily
{
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
        ],
        Limits = [OneOnly("num_hidden_groups"), OneOnly("inner_group_num")],
        Names = new TensorNames
        {
            Layer = "encoder.albert_layer_groups.0.albert_layers.",
            LayerParts =
            [
                ("attention.query", "attention.self.query"), ("attention.key", "attention.self.key"),
                ("attention.value", "attention.self.value"),
                ("attention.dense", "attention.output.dense"), ("attention.LayerNorm", "attention.output.LayerNorm"),
                ("ffn", "intermediate.dense"), ("ffn_output", "output.dense"), ("full_layer_layer_norm", "output.LayerNorm"),
            ],
            Parts =
            [
                ("encoder.embedding_hidden_mapping_in", CanonicalNames.EmbeddingProjection), ("pooler", "pooler.dense"),
                ("predictions.dense", "cls.predictions.transform.dense"), ("predictions.LayerNorm", "cls.predictions.transform.LayerNorm"),
                ("predictions.bias", CanonicalNames.DecoderBias), ("predictions.decoder", CanonicalNames.DecoderLayer),
            ],
        },
        Shape = config => new EncoderShape { ProjectsEmbeddings = true, SharesLayers = true, Pooler = CommonHeads.Pooler(config) },
        Heads = Heads,
    };

    private static LimitedField OneOnly(string name) =>
        new(name, "only one group with one layer is",
            value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count == 1);

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
