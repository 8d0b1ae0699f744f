namespace Bert.MLNet.Models.Families;

/// <summary>
/// NomicBERT (Nussbaum et al., 2024, arXiv:2402.01613): BERT with rotary positions and a gated feed-forward network.
/// </summary>
internal static class NomicBertFamily
{
    public static ModelFamily Create() => new()
    {
        ModelType = "nomic_bert",
        ClassPrefix = "NomicBert",
        EncoderPrefix = "bert.",
        TokenizerClass = "BertTokenizer",
        ReplacesRemoteCode = true,
        Defaults = new BertConfig { HiddenAct = "silu", MaxPositionEmbeddings = 2048, PositionBiasedInput = false },
        Fields = NomicBertFields.All,
        Limits = NomicBertFields.Limits,
        // After the names of Nomic AI's class, which are written, those of HuggingFace's class, which reads both.
        Names = new TensorNames
        {
            Layer = "encoder.layers.",
            OtherLayers = ["layers."],
            LayerParts =
            [
                ("attn.Wqkv", FusedTensors.QueryKeyValue), ("attn.out_proj", "attention.output.dense"),
                ("norm1", "attention.output.LayerNorm"),
                ("mlp.fc12", "intermediate.dense"), ("mlp.fc11", "intermediate.gate"), ("mlp.fc2", "output.dense"),
                ("norm2", "output.LayerNorm"),
                ("self_attn.q_proj", "attention.self.query"), ("self_attn.k_proj", "attention.self.key"),
                ("self_attn.v_proj", "attention.self.value"), ("self_attn.o_proj", "attention.output.dense"),
                ("post_attention_layernorm", "attention.output.LayerNorm"),
                ("mlp.gate_proj", "intermediate.dense"), ("mlp.up_proj", "intermediate.gate"), ("mlp.down_proj", "output.dense"),
                ("post_mlp_layernorm", "output.LayerNorm"),
            ],
            Parts =
            [
                ("emb_ln", "embeddings.LayerNorm"),
                ("cls.predictions.transform.layer_norm", "cls.predictions.transform.LayerNorm"),
            ],
        },
        Shape = config => new EncoderShape
        {
            HasPositionEmbeddings = config.PositionBiasedInput,
            Rotary = config.PositionBiasedInput ? null : new RotaryPositions(config.GlobalRopeTheta, config.GlobalRopeTheta),
            HasGate = true,
            AttentionHasBias = config.AttentionBias,
            FeedForwardHasBias = config.MlpBias,
            Pooler = CommonHeads.Pooler(config),
        },
        Heads = Heads,
    };

    private static Head[] Heads(BertConfig config)
    {
        double dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        Head words = CommonHeads.MaskedLM(config, config.Activation);
        return
        [
            new Head(HeadKind.SequenceClassification, CommonHeads.Pooler(config), CommonHeads.Labels(config, dropout))
            {
                OtherClasses = ["MultipleChoice"],
            },
            CommonHeads.TokenClassification(config, dropout),
            CommonHeads.QuestionAnswering(config),
            words with
            {
                Layers =
                [
                    config.ClassifierBias ? words.Layers[0] : words.Layers[0] with { Bias = null },
                    config.DecoderBias ? words.Layers[1] : words.Layers[1] with { Bias = null },
                ],
                OtherClasses = ["PreTraining"],
            },
        ];
    }
}
