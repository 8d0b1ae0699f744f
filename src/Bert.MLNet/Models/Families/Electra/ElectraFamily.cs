namespace Bert.MLNet.Models.Families;

/// <summary>
/// ELECTRA (Clark et al., 2020, arXiv:2003.10555): BERT without a pooler. Its embeddings can be narrower than its hidden states. A
/// discriminator finds the words that a generator replaced.
/// </summary>
internal static class ElectraFamily
{
    public static ModelFamily Create() => new()
    {
        ModelType = "electra",
        ClassPrefix = "Electra",
        TokenizerClass = "ElectraTokenizer",
        Defaults = new BertConfig { EmbeddingSize = 128, HiddenSize = 256, NumAttentionHeads = 4, IntermediateSize = 1024 },
        Fields =
        [
            ConfigField.EmbeddingSize,
            ConfigField.HiddenSize("hidden_size"), ConfigField.NumHiddenLayers("num_hidden_layers"),
            ConfigField.NumAttentionHeads("num_attention_heads"), ConfigField.IntermediateSize("intermediate_size"),
            ConfigField.HiddenAct("hidden_act"), ConfigField.TypeVocabSize, ConfigField.LayerNormEps,
            ConfigField.HiddenDropout("hidden_dropout_prob"), ConfigField.AttentionDropout("attention_probs_dropout_prob"),
            ConfigField.ClassifierDropout("classifier_dropout"),
        ],
        Names = new TensorNames
        {
            Parts =
            [
                ("embeddings_project", CanonicalNames.EmbeddingProjection),
                ("generator_predictions.dense", "cls.predictions.transform.dense"),
                ("generator_predictions.LayerNorm", "cls.predictions.transform.LayerNorm"),
                ("generator_lm_head.bias", CanonicalNames.DecoderBias), ("generator_lm_head", CanonicalNames.DecoderLayer),
            ],
        },
        Shape = config => new EncoderShape { ProjectsEmbeddings = config.EmbeddingWidth != config.HiddenSize },
        Heads = Heads,
    };

    // The classifier and the masked language modeling head use GELU regardless of hidden_act.
    private static Head[] Heads(BertConfig config)
    {
        double dropout = config.ClassifierDropout ?? config.HiddenDropoutProb;
        return
        [
            CommonHeads.DenseClassification(config, dropout, BertActivation.Gelu),
            CommonHeads.TokenClassification(config, dropout),
            CommonHeads.QuestionAnswering(config),
            CommonHeads.MaskedLM(config, BertActivation.Gelu),
            new Head(
                HeadKind.ReplacedTokens,
                new HeadLayer("discriminator_predictions.dense", config.HiddenSize, config.HiddenSize, config.Activation),
                new HeadLayer("discriminator_predictions.dense_prediction", config.HiddenSize, 1)) { Task = "PreTraining" },
        ];
    }
}
