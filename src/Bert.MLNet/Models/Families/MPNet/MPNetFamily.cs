namespace Bert.MLNet.Models.Families;

/// <summary>MPNet (Song et al., 2020, arXiv:2004.09297): BERT without token types. All layers share a bias for token distances.</summary>
internal static class MPNetFamily
{
    private const string PositionBias = "encoder.relative_attention_bias.weight";

    public static ModelFamily Create() => new()
    {
        ModelType = "mpnet",
        ClassPrefix = "MPNet",
        TokenizerClass = "MPNetTokenizer",
        Defaults = new BertConfig { VocabSize = 30527, TypeVocabSize = 0, PadTokenId = 1 },
        Fields =
        [
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"),
            ConfigField.IntermediateSize("intermediate_size"), ConfigField.HiddenAct("hidden_act"), ConfigField.LayerNormEps,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.RelativeAttentionNumBuckets,
        ],
        Names = new TensorNames
        {
            LayerParts =
            [
                ("attention.attn.q", "attention.self.query"), ("attention.attn.k", "attention.self.key"),
                ("attention.attn.v", "attention.self.value"),
                ("attention.attn.o", "attention.output.dense"), ("attention.LayerNorm", "attention.output.LayerNorm"),
            ],
            Parts = CommonHeads.LmHeadNames,
        },
        Shape = config => new EncoderShape
        {
            PaddingPosition = config.PadTokenId,
            PositionBias = new RelativePositionBias(PositionBias, config.RelativeAttentionNumBuckets),
            Pooler = CommonHeads.Pooler(config),
        },
        Heads = Heads,
    };

    // The masked language modeling head uses GELU regardless of hidden_act.
    private static Head[] Heads(BertConfig config) =>
    [
        CommonHeads.DenseClassification(config, config.HiddenDropoutProb, BertActivation.Tanh),
        CommonHeads.TokenClassification(config, config.HiddenDropoutProb),
        CommonHeads.QuestionAnswering(config),
        CommonHeads.MaskedLM(config, BertActivation.Gelu),
    ];
}
